package main

// setUp makes the round of fundForPath and its call on the pages of the set-up, section by section, and asks for the approval of the opening.
func (p *path) setUp() {
	p.t.Helper()
	admin := p.person("admin@fund.example").Go("/").Go("/admin/rounds").Sees("There is no round that you may see yet").Press("Make a new round")
	admin.Press("Make the round").Sees("There is a problem", "Reference")
	admin.Type(map[string]string{"ROUND": "AF26", "TITLE": "The path", "BUDGET": "1,000,000", "SENIOROFFICER": "senior@fund.example"}).Press("Make the round").Sees("The round has no calls yet")
	admin.Press("Add a call").Type(map[string]string{
		"THEME": "CAR", "TITLE": "Cardiology", "OPENS-day": "14", "OPENS-month": "9", "OPENS-year": "2026", "OPENSCLOCK": "9:00", "CLOSES-day": "12", "CLOSES-month": "10", "CLOSES-year": "2026", "CLOSESCLOCK": "noon",
	}).Press("Make the call").Sees("The call is made", "To be put right")
	for _, section := range []struct {
		name  string
		typed map[string]string
	}{
		{"about", map[string]string{"PURPOSE": "Remote monitoring", "PRIORITIES[0].code": "P1", "PRIORITIES[0].title": "Waiting lists"}},
		{"dates", map[string]string{"RELEASE-day": "20", "RELEASE-month": "11", "RELEASE-year": "2026", "RELEASECLOCK": "9am"}},
		{"money", map[string]string{"METHODPOOLED": "no", "BUDGET": "1,000,000", "AWARDCAP": "500,000"}},
		{"dtac", map[string]string{"DTACNEVERDEFER[0].question": "C1.2.5"}},
		{"review", map[string]string{
			"REVIEWKINDS[0].kind": "clinical", "REVIEWKINDS[0].reviews": "1", "REVIEWKINDS[1].kind": "technical", "REVIEWKINDS[1].reviews": "1", "REVIEWKINDS[2].kind": "ppv", "REVIEWKINDS[2].reviews": "1", "REVIEWAPARTBY": "3",
		}},
		{"method", map[string]string{"METHODMINSCORE": "10"}},
	} {
		admin.Go("/admin/calls/AF26-CAR/setup/" + section.name).Type(section.typed).Press("Save and continue").Sees("What you set is saved")
	}
	admin.Go("/admin/calls/AF26-CAR/preview").Sees("Only the fund team sees these pages")
	admin.Go("/admin/calls/AF26-CAR/check").Not("To be put right").Press("Ask for the approval of the opening").Sees("Waits for approval")
}

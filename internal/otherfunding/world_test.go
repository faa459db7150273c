package otherfunding_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"adoptionfund/configs"
	"adoptionfund/internal/matching"
	"adoptionfund/internal/otherfunding"
	"adoptionfund/internal/people"
	"adoptionfund/internal/testkit"
)

// world is a fund with lists of other funding.
type world struct {
	*testkit.World
	t     testing.TB
	lists *otherfunding.Service
}

func newWorld(tb testing.TB) *world {
	tb.Helper()
	w := testkit.New(tb)
	return &world{w, tb, otherfunding.NewService(w.Gate, w.Applications)}
}

func (w *world) no(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// imports imports a list as the operator.
func (w *world) imports(source otherfunding.Source, name, text string) (otherfunding.Import, bool, error) {
	return w.lists.Import(w.Operator(), otherfunding.File{Source: source, List: name, Content: strings.NewReader(text)})
}

// given is an invented grant.
type given struct {
	id, title, text, name, code, funder string
	amount                              float64
}

func (g given) object() map[string]any {
	recipient := map[string]any{"id": "360G-Invented-Org:" + g.id, "name": g.name}
	if g.code != "" {
		recipient["id"] = "GB-NHS-" + g.code
	}
	return map[string]any{
		"id": g.id, "title": g.title, "description": g.text, "currency": "GBP", "amountAwarded": g.amount, "awardDate": "2025-04-01",
		"recipientOrganization": []any{recipient}, "fundingOrganization": []any{map[string]any{"id": "GB-GOR-D1", "name": g.funder}},
	}
}

// packaged writes grants as a package in the 360Giving standard.
func packaged(t *testing.T, list []given) string {
	t.Helper()
	var b bytes.Buffer
	b.WriteString(`{"version": "1.4", "grants": [`)
	for i, g := range list {
		text, err := json.Marshal(g.object())
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			b.WriteString(",\n")
		}
		b.Write(text)
	}
	b.WriteString(`], "license": "https://creativecommons.org/licenses/by/4.0/"}`)
	return b.String()
}

// Everything below is invented, but for the names of some NHS bodies from the public list.

// body is an organisation of the public list.
type body struct{ code, name string }

func bodiesOf(tb testing.TB) []body {
	tb.Helper()
	file, err := configs.FS.Open("organisations.csv")
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	list, err := people.ReadOrganisations(file)
	if err != nil {
		tb.Fatal(err)
	}
	all := make([]body, len(list))
	for i, o := range list {
		all[i] = body{string(o.ODSCode), o.Name}
	}
	return all
}

// purposes are what projects are for, each in two wordings.
var purposes = [][4]string{
	{"Remote monitoring after cardiac surgery", "Blood pressure, weight and wound photographs sent from home for thirty days after the operation", "Watching heart surgery patients at home", "People discharged after heart operations send photographs of the wound, weight and blood pressure from home"},
	{"Virtual fracture clinic with photographs", "Consultants review the image on the morning after the injury and people get a plan by video", "Fracture reviews without a visit", "A consultant looks at images of the injury the next morning; the plan comes by video call"},
	{"Digital preoperative assessment", "Questionnaires before an operation sorted by risk so that nurses see those at risk first", "Online assessment before operations", "Nurses see people at risk first because a questionnaire sorts them before surgery"},
	{"Capsule endoscopy at home", "People swallow a camera capsule at home and the images are read centrally for bowel disease", "Home camera pill for the bowel", "Images of the bowel from a capsule swallowed at home are read in one centre"},
	{"Exercise therapy for knee pain by app", "A physiotherapist sets exercises for knee osteoarthritis and follows progress through messages", "Knee exercise app with physiotherapist", "Physiotherapists follow the progress of people with knee osteoarthritis who exercise with an app"},
	{"Skin lesion images for dermatology advice", "Practices photograph lesions with a dermatoscope and a dermatologist answers in two days", "Teledermatology from general practice", "Dermatologists answer practices within two days from dermatoscope photographs of a lesion"},
	{"Rhythm patch by post for palpitations", "A fourteen day patch is posted after triage and the rhythm report is back within a week", "Posted heart rhythm recorder", "After triage people with palpitations get a patch by post; a report of the rhythm returns in a week"},
	{"Interpreting by video in emergency departments", "Trolleys with a screen reach an interpreter within minutes in sixty languages", "Video interpreters at the front door", "An interpreter in one of sixty languages appears on a screen in the emergency department in minutes"},
	{"Tablets for inpatients without a telephone", "Wards lend devices so that inpatients without a telephone talk with relatives and read their notes", "Devices lent on wards", "Inpatients who have no telephone are lent a tablet to speak with relatives and see notes"},
	{"Automated measurement of echocardiograms", "Software measures the scan and a physiologist confirms, so slots become shorter", "Echo measurement by software", "Physiologists confirm what software measured in a heart scan; each slot is shorter"},
	{"Colonoscopy lists planned by predicted length", "Lists are filled by how long each procedure is likely to take and bowel preparation is followed", "Smarter endoscopy scheduling", "Endoscopy lists planned by the predicted length of procedures, with checks on preparation"},
	{"Coaching for people waiting for hip replacement", "A coach calls every six weeks about pain and welfare, and brings forward those who get worse", "Waiting well for a new hip", "People on the list for a hip are called by a coach every six weeks; those who worsen are brought forward"},
}

var firsts, seconds = strings.Fields("Heart Bone Pulse Skin Calm Clear Swift North Kind True Bright Wave Step Care Link Sound Deep Open Safe Far"), strings.Fields("Home Watch Line Track Path Guide Desk Bridge Check Flow Point Sense Loop Field Note Gate Map View Ring Nest")

// respelt is the name of a body as somebody else might write it.
func respelt(name string, rng *rand.Rand) string {
	ways := []func(string) string{
		func(s string) string {
			return strings.NewReplacer("NHS Foundation Trust", "NHSFT", " and ", " & ", "Integrated Care Board", "ICB").Replace(s)
		},
		func(s string) string {
			return strings.NewReplacer(" NHS Foundation Trust", "", " NHS Trust", "", "NHS ", "", " Integrated Care Board", " ICS").Replace(s)
		},
		func(s string) string {
			return strings.NewReplacer("University", "Univ", "Hospitals", "Hosps", "Hospital", "Hosp", "St ", "Saint ", "'", "", "Foundation Trust", "FT").Replace(s)
		},
		func(s string) string { // the first word at the end
			kind := " Trust"
			if strings.Contains(s, "Board") {
				kind = " ICB"
			}
			words := strings.Fields(strings.NewReplacer(" NHS Foundation Trust", "", " NHS Trust", "", "NHS ", "", " Integrated Care Board", "").Replace(s))
			return strings.Join(append(words[1:], words[0]), " ") + kind
		},
		func(s string) string { // two letters the wrong way round in the longest word
			longest := ""
			for _, w := range strings.Fields(s) {
				if len(w) > len(longest) && w != "Foundation" && w != "Integrated" {
					longest = w
				}
			}
			at := 2 + rng.IntN(len(longest)-4)
			return strings.Replace(s, longest, longest[:at]+longest[at+1:at+2]+longest[at:at+1]+longest[at+2:], 1)
		},
	}
	return ways[rng.IntN(len(ways))](name)
}

// pair is what is asked for and a grant that pays for the same.
type pair struct {
	asked matching.Described
	grant given
}

// labelled is a set of true pairs, with near misses and other grants around them.
type labelled struct {
	pairs  []pair
	bodies []body
	misses map[string]int // grants that resemble the pair of this number but pay for something else
	grants []given
}

func newLabelled(bodies []body, pairs, others int) *labelled {
	rng := rand.New(rand.NewPCG(20, 26))
	l := &labelled{misses: map[string]int{}, bodies: bodies}
	places := rng.Perm(len(bodies) * len(purposes)) // a body and a purpose each: those of the pairs, then those of the others
	for n, place := range places[:pairs] {
		at, purpose := place/len(purposes), place%len(purposes)
		product := firsts[rng.IntN(len(firsts))] + seconds[rng.IntN(len(seconds))]
		supplier := "Invented " + firsts[rng.IntN(len(firsts))] + " Software Ltd"
		p := purposes[purpose]
		l.pairs = append(l.pairs, pair{l.asked(at, p, product, supplier), l.same(n, at, p, product, rng)})
		l.near(n, at, purpose, product, rng)
	}
	for n := range others {
		place := places[pairs+rng.IntN(len(places)-pairs)]
		b, p := bodies[place/len(purposes)], purposes[place%len(purposes)]
		product := firsts[rng.IntN(len(firsts))] + " " + seconds[rng.IntN(len(seconds))]
		l.grants = append(l.grants, given{
			id: fmt.Sprintf("360G-Invented-O%d", n), title: p[2*rng.IntN(2)] + " in " + firsts[rng.IntN(len(firsts))] + "shire", text: "With " + product + ". " + p[1+2*rng.IntN(2)],
			name: respelt(b.name, rng), funder: "Invented Research Council", amount: 1000,
		})
	}
	rng.Shuffle(len(l.grants), func(i, j int) { l.grants[i], l.grants[j] = l.grants[j], l.grants[i] })
	return l
}

func (l *labelled) asked(at int, p [4]string, product, supplier string) matching.Described {
	return matching.Described{
		Title: p[0], Text: p[1], Products: []matching.Product{{Name: product, Supplier: supplier}},
		Organisations: []matching.Organisation{{Name: l.bodies[at].name, Codes: []string{l.bodies[at].code}, Part: "the lead organisation"}},
	}
}

// same is a grant for the same, in other words: its wording, the spelling of the body, its identifier and the product differ by turns.
func (l *labelled) same(n, at int, p [4]string, product string, rng *rand.Rand) given {
	g := given{id: fmt.Sprintf("360G-Invented-T%d", n), title: p[2], text: p[3], name: respelt(l.bodies[at].name, rng), funder: "Invented Health Foundation", amount: 50_000}
	if n%3 == 0 {
		g.code = l.bodies[at].code
	}
	apart := product
	for i := 1; i < len(product); i++ {
		if product[i] >= 'A' && product[i] <= 'Z' {
			apart = product[:i] + " " + product[i:]
		}
	}
	switch n % 4 {
	case 0:
		g.text = "Using " + product + ". " + g.text
	case 1:
		g.text += " The technology is " + apart + "."
	case 2:
		g.title = strings.ToUpper(product) + ": " + g.title
	}
	l.grants = append(l.grants, g)
	return g
}

// near are grants that pay for something else: the same body with another product for another purpose, the same product at another body,
// similar words for another purpose.
func (l *labelled) near(n, at, purpose int, product string, rng *rand.Rand) {
	other := purposes[(purpose+1+rng.IntN(len(purposes)-1))%len(purposes)]
	elsewhere := l.bodies[(at+1+rng.IntN(len(l.bodies)-1))%len(l.bodies)]
	for i, g := range []given{
		{title: other[2], text: "With Other" + seconds[rng.IntN(len(seconds))] + "Tool. " + other[3], name: respelt(l.bodies[at].name, rng), code: l.bodies[at].code},
		{title: purposes[purpose][2], text: "Using " + product + ". " + purposes[purpose][3], name: elsewhere.name, code: elsewhere.code},
		{title: "Training staff who talk with people about " + strings.ToLower(purposes[purpose][0]), text: "A conference on consent and communication", name: elsewhere.name},
	} {
		g.id, g.funder, g.amount = fmt.Sprintf("360G-Invented-N%d-%d", n, i), "Invented Charity", 9000
		l.misses[g.id] = n
		l.grants = append(l.grants, g)
	}
}

package report

// Catalogue is every report, in the order in which people are shown them. A new one is a file of its own with its entry, and a line here.
func Catalogue() []*Report {
	return []*Report{
		allocations(), applications(), funnel(), times(), scores(), reviewers(), agreements(), positions(), interests(), changes(), awards(), conditions(), payments(), events(),
		rounds(),
	}
}

// Find gives the report of a kind.
func Find(kind string) (*Report, bool) {
	for _, r := range Catalogue() {
		if r.Kind == kind {
			return r, true
		}
	}
	return nil, false
}

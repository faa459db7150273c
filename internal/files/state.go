package files

// ScanState is what is known of the viruses in a file.
type ScanState string

// The states of scanning.
const (
	ScanOff      ScanState = "off"      // no scanner was set when it came
	ScanPending  ScanState = "pending"  // held back until it was scanned
	ScanClean    ScanState = "clean"    // nothing was found
	ScanInfected ScanState = "infected" // something was found: its bytes are gone, its name stays
)

package application

import (
	"context"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/files"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/product"
	"adoptionfund/internal/upload"
	"adoptionfund/internal/work"
)

// ScanFile has a file scanned for viruses and says of every file with the same bytes what was found: a job. An error leaves it held
// back, to be tried again. What is infected is given to nobody any more, its bytes are removed, and those who uploaded it are told.
func (s *Service) ScanFile(ctx context.Context, id ident.File) error {
	var file *product.Bytes
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		file, err = toScan(tx, id)
		return err
	})
	if err != nil || file == nil {
		return err // nil: it was removed meanwhile, or another worker came first
	}
	found, err := s.files.Scan(ctx, file.Digest, file.Size)
	if err != nil {
		return err
	}
	if err := s.gate.Write(ctx, func(tx *work.Tx) error { return scanned(tx, file.Digest, clip(found, 200)) }); err != nil {
		return err
	}
	if found == "" {
		return nil
	}
	return s.files.Remove(ctx, file.Digest)
}

// toScan finds a file that waits to be scanned, of an application or of a DTAC return; nil if there is none.
func toScan(tx *work.Tx, id ident.File) (*product.Bytes, error) {
	file, err := fileByID(tx, id)
	switch {
	case fault.Is(err, fault.NotFound):
		return elsewhereToScan(tx, id)
	case err != nil || file.Scan != files.ScanPending:
		return nil, err
	}
	return &product.Bytes{Digest: file.Digest, Size: file.Size}, nil
}

// elsewhereToScan finds a file of a DTAC return, or one that is kept with what comes after an application.
func elsewhereToScan(tx *work.Tx, id ident.File) (*product.Bytes, error) {
	found, err := product.ToScan(tx, id)
	if err != nil || found != nil {
		return found, err
	}
	digest, size, err := upload.KeptToScan(tx, id)
	if err != nil || digest == "" {
		return nil, err
	}
	return &product.Bytes{Digest: digest, Size: size}, nil
}

// scanned keeps the finding on all files with a digest.
func scanned(tx *work.Tx, digest, found string) error {
	states := []files.ScanState{files.ScanPending}
	if found != "" {
		states = []files.ScanState{files.ScanPending, files.ScanClean, files.ScanOff}
	}
	rows, err := sameBytes(tx, digest, states)
	if err != nil {
		return err
	}
	for i := range rows {
		f := &rows[i]
		a, err := ByID(tx, f.ApplicationID)
		if err != nil {
			return err
		}
		if err := tx.Require(access.ScanFiles, a); err != nil {
			return err
		}
		f.Scan, f.ScannedAt, f.Found = files.ScanClean, &tx.Now, found
		if found != "" {
			f.Scan = files.ScanInfected
			if err := tellInfected(tx, a, f); err != nil {
				return err
			}
		}
		if err := keepScan(tx, f); err != nil {
			return err
		}
		tx.Record(Event(a, string(access.ScanFiles), map[string]any{"digest": digest, "result": f.Scan, "found": found}))
	}
	if err := upload.KeptScanned(tx, digest, found); err != nil {
		return err
	}
	return product.Scanned(tx, digest, found)
}

func tellInfected(tx *work.Tx, a *Application, f *File) error {
	p, err := people.ByID(tx, f.UploadedBy)
	if err != nil {
		return err
	}
	fields := Fields(a)
	fields["name"], fields["file"], fields["found"] = p.Name, f.Name, f.Found
	return tx.Notify(notify.Message{Kind: "file_infected", Person: p.ID, Address: p.Email, Key: string(f.ID), Fields: fields})
}

// heldBack adds the files that stop a submission to what is wrong, by their questions.
func heldBack(tx *work.Tx, a *Application, problems fault.Problems) (fault.Problems, error) {
	all, err := filesOf(tx, a.ID)
	if err != nil {
		return nil, err
	}
	for _, f := range all {
		words := f.stops()
		if words == "" || problems[f.Question] != "" {
			continue
		}
		if problems == nil {
			problems = fault.Problems{}
		}
		problems[f.Question] = words
	}
	return problems, nil
}

const (
	uploadsExpire = 24 * time.Hour // without a piece
	orphansStay   = 24 * time.Hour // bytes that no row names: they may belong to a change that is under way
	scansWait     = time.Hour      // before another job is made of a file whose own was given up
)

// SweepFiles removes uploads that were abandoned and bytes that no row names, and asks again for scans that were given up: a job. It
// is safe to run twice, and in several processes.
func (s *Service) SweepFiles(ctx context.Context) error {
	if err := s.gate.Write(ctx, sweepRows); err != nil {
		return err
	}
	removed, err := s.files.Sweep(ctx, s.gate.Now().Add(-orphansStay), func(digests []string) (map[string]bool, error) {
		var named map[string]bool
		err := s.gate.Read(ctx, func(tx *work.Tx) error {
			var err error
			named, err = namedDigests(tx, digests)
			return err
		})
		return named, err
	})
	if removed == 0 || err != nil {
		return err
	}
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		tx.Record(swept(map[string]any{"files": removed}))
		return tx.Require(access.SweepFiles, access.Scope{})
	})
}

func swept(facts map[string]any) audit.Event {
	return audit.Event{Verb: string(access.SweepFiles), Kind: "files", Facts: facts}
}

func sweepRows(tx *work.Tx) error {
	if err := tx.Require(access.SweepFiles, access.Scope{}); err != nil {
		return err
	}
	old, err := upload.Abandoned(tx, tx.Now.Add(-uploadsExpire))
	if err != nil {
		return err
	}
	for _, u := range old {
		if err := upload.End(tx, u.ID); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	held, err := heldSince(tx, tx.Now.Add(-scansWait))
	if err != nil {
		return err
	}
	for _, id := range held {
		again := string(access.ScanFiles) + ":" + string(id) + ":" + tx.Now.Truncate(time.Hour).Format(time.RFC3339)
		if err := tx.Enqueue(string(access.ScanFiles), again, string(id), tx.Now); err != nil {
			return err
		}
	}
	if len(old)+len(held) > 0 {
		tx.Record(swept(map[string]any{"uploads": len(old), "scans": len(held)}))
	}
	return nil
}

// heldSince gives the files of applications and of DTAC returns that wait to be scanned since before a moment.
func heldSince(tx *work.Tx, before time.Time) ([]ident.File, error) {
	own, err := waitingForScan(tx, before)
	if err != nil {
		return nil, err
	}
	held, err := product.WaitForScan(tx, before)
	if err != nil {
		return nil, err
	}
	kept, err := upload.KeptWaiting(tx, before)
	held = append(held, kept...)
	for _, f := range own {
		held = append(held, f.ID)
	}
	return held, err
}

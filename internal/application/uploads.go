package application

import (
	"context"
	"errors"
	"io"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/files"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// Uploads come in pieces, so that a large file goes on where the line broke. The bytes of each piece are kept in the store of files
// before its row is written, so that what the rows say has arrived is there, in every process and after every crash.

// The limits of uploads in pieces.
const (
	MostPiece      = 8 << 20
	leastPiece     = 64 << 10 // but for the last one: a file has no more than a few thousand pieces
	mostInFlight   = 50       // in an application
	mostOfOne      = 100      // of a person, in all applications
	uploadsTooMany = "There are too many unfinished uploads. Finish or cancel one first"
)

// UploadStart begins an upload in pieces.
type UploadStart struct {
	Section  string
	Question form.Code
	Name     string
	Size     int64
}

// StartUpload begins an upload in pieces, if the file could be added as far as its name and size tell.
func (s *Service) StartUpload(ctx context.Context, ref ident.Ref, in UploadStart) (Uploading, error) {
	var u Uploading
	err := s.gate.Keep(ctx, func(tx *work.Tx) error {
		name := files.CleanName(in.Name)
		a, _, q, err := s.accepts(tx, ref, Upload{Section: in.Section, Question: in.Question, Name: name}, max(in.Size, 0))
		if err != nil {
			return err
		}
		here, own, err := countUploads(tx, a.ID)
		if err != nil {
			return err
		}
		if here >= mostInFlight || own >= mostOfOne {
			return fault.Fields(fault.Problems{string(q.Code): uploadsTooMany})
		}
		u = Uploading{
			ID: ident.New[ident.Upload](), ApplicationID: a.ID, Person: tx.By.ID, Section: in.Section, Question: string(q.Code), Name: name, Size: in.Size,
			StartedAt: tx.Now, TouchedAt: tx.Now,
		}
		return work.Add(tx, &u)
	})
	return u, err
}

// Uploads gives one's own uploads to an application that are under way.
func (s *Service) Uploads(ctx context.Context, ref ident.Ref) ([]Uploading, error) {
	var rows []Uploading
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		a, err := Permitted(tx, ref, access.ViewApplication)
		if err != nil {
			return err
		}
		rows, err = underWay(tx, a.ID)
		return err
	})
	return rows, err
}

// Progress is how far an upload is: under way, or the file that it became.
type Progress struct {
	Uploading Uploading
	Added     *Added
}

// UploadProgress says how far one's own upload is.
func (s *Service) UploadProgress(ctx context.Context, ref ident.Ref, id ident.Upload) (Progress, error) {
	var p Progress
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		a, err := Permitted(tx, ref, access.ViewApplication)
		if err != nil {
			return err
		}
		p, err = progress(tx, a, id)
		return err
	})
	return p, err
}

func progress(tx *work.Tx, a *Application, id ident.Upload) (Progress, error) {
	u, err := uploadOf(tx, a, id)
	if err == nil {
		return Progress{Uploading: *u}, nil
	}
	if !fault.Is(err, fault.NotFound) {
		return Progress{}, err
	}
	file, err := fileByID(tx, ident.File(id))
	if err != nil || file.ApplicationID != a.ID || file.UploadedBy != tx.By.ID {
		return Progress{}, orElse(err, work.NotFound("upload"))
	}
	return Progress{Added: &Added{File: *file}}, nil
}

// AddPiece adds a piece at its place, and with the last one the file, as AddFile does. A piece at another place than the next is a
// Conflict that carries how far the upload is. Sent again after a crash, the last piece or none at the end finishes what is whole.
func (s *Service) AddPiece(ctx context.Context, ref ident.Ref, id ident.Upload, at int64, content io.Reader) (Progress, error) {
	u, done, err := s.expected(ctx, ref, id)
	if err != nil || done != nil {
		return Progress{Added: done}, err
	}
	if at != u.Received {
		return Progress{}, elsewhere(u)
	}
	if u.Received < u.Size {
		if err := s.keepPiece(ctx, &u, content); err != nil {
			return Progress{}, err
		}
	}
	if u.Received < u.Size {
		return Progress{Uploading: u}, nil
	}
	added, err := s.whole(ctx, ref, u)
	return Progress{Uploading: u, Added: added}, err
}

func elsewhere(u Uploading) error {
	return fault.Stale(u, "%d of %d bytes have arrived: go on there", u.Received, u.Size)
}

// expected gives the upload to which a piece may be added, or the file that it became already.
func (s *Service) expected(ctx context.Context, ref ident.Ref, id ident.Upload) (Uploading, *Added, error) {
	var p Progress
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		a, err := Permitted(tx, ref, access.ViewApplication)
		if err != nil {
			return err
		}
		if p, err = progress(tx, a, id); err != nil || p.Added != nil {
			return err
		}
		f, err := s.form(a)
		if err != nil {
			return err
		}
		sec, ok := f.Section(p.Uploading.Section)
		if !ok {
			return work.NotFound("section")
		}
		return writable(tx, a, sec)
	})
	return p.Uploading, p.Added, err
}

// keepPiece keeps the bytes of a piece, then its row.
func (s *Service) keepPiece(ctx context.Context, u *Uploading, content io.Reader) error {
	stored, err := s.files.Put(ctx, content, MostPiece)
	if err != nil {
		return err
	}
	rest := u.Size - u.Received
	if stored.Size > rest || stored.Size < min(rest, leastPiece) {
		return fault.New(fault.Invalid, "A piece must have between %d and %d bytes, and no more than are left", min(rest, leastPiece), min(rest, MostPiece))
	}
	err = s.gate.Keep(ctx, func(tx *work.Tx) error {
		first, err := addPiece(tx, piece{u.ID, u.Received, stored.Size, stored.Digest})
		if err == nil && !first {
			err = elsewhere(*u)
		}
		return err
	})
	if err != nil {
		return err
	}
	u.Received += stored.Size
	return nil
}

// whole adds the file that the pieces make. What is refused for what is in it is not kept.
func (s *Service) whole(ctx context.Context, ref ident.Ref, u Uploading) (*Added, error) {
	var pieces []piece
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		pieces, err = piecesOf(tx, u.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	content := &joined{ctx: ctx, store: s.files, pieces: pieces}
	defer content.close()
	added, err := s.add(ctx, ref, Upload{Section: u.Section, Question: form.Code(u.Question), Name: u.Name, Content: content, pieces: u.ID})
	switch {
	case err == nil:
		return &added, nil
	case fault.Is(err, fault.Invalid), fault.Is(err, fault.TooLarge):
		if ending := s.gate.Keep(ctx, func(tx *work.Tx) error { return endUpload(tx, u.ID) }); ending != nil && !fault.Is(ending, fault.NotFound) {
			return nil, ending
		}
	case fault.Is(err, fault.NotFound): // another request has finished it
		_, done, found := s.expected(ctx, ref, u.ID)
		if found == nil && done != nil {
			return done, nil
		}
	}
	return nil, err
}

// CancelUpload ends an upload of one's own. Its pieces are orphans that the sweep removes.
func (s *Service) CancelUpload(ctx context.Context, ref ident.Ref, id ident.Upload) error {
	return s.gate.Keep(ctx, func(tx *work.Tx) error {
		a, err := Permitted(tx, ref, access.ViewApplication)
		if err != nil {
			return err
		}
		u, err := uploadOf(tx, a, id)
		if err != nil {
			return err
		}
		return endUpload(tx, u.ID)
	})
}

// joined reads the pieces of an upload one after another.
type joined struct {
	ctx    context.Context //nolint:containedctx // it is read within one call
	store  *files.Store
	pieces []piece
	open   io.ReadCloser
}

// Read reads on, from piece to piece.
func (j *joined) Read(p []byte) (int, error) {
	for {
		if j.open == nil {
			if len(j.pieces) == 0 {
				return 0, io.EOF
			}
			next := j.pieces[0]
			content, err := j.store.Get(j.ctx, next.Digest, next.Size)
			if err != nil {
				return 0, err
			}
			j.open, j.pieces = content, j.pieces[1:]
		}
		n, err := j.open.Read(p)
		if errors.Is(err, io.EOF) {
			j.close()
			err = nil
		}
		if n > 0 || err != nil {
			return n, err //nolint:wrapcheck // files has said what it was doing
		}
	}
}

func (j *joined) close() {
	if j.open != nil {
		_ = j.open.Close()
		j.open = nil
	}
}

package application

import (
	"context"
	"io"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/files"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/upload"
	"adoptionfund/internal/work"
)

func (a *Application) uploads() upload.To { return upload.To{Application: a.ID} }

func (s *Service) pieces() upload.Pieces { return upload.Pieces{Gate: s.gate, Files: s.files} }

// StartUpload begins an upload in pieces, if the file could be added as far as its name and size tell.
func (s *Service) StartUpload(ctx context.Context, ref ident.Ref, in upload.Start) (upload.Uploading, error) {
	var u upload.Uploading
	err := s.gate.Keep(ctx, func(tx *work.Tx) error {
		in.Name = files.CleanName(in.Name)
		a, _, q, err := s.accepts(tx, ref, Upload{Section: in.Section, Question: in.Question, Name: in.Name}, max(in.Size, 0))
		if err != nil {
			return err
		}
		u, err = upload.Begin(tx, a.uploads(), in)
		if f, ok := fault.Of(err); ok && upload.IsTooMany(err) {
			return fault.Fields(fault.Problems{string(q.Code): f.Words})
		}
		return err
	})
	return u, err
}

// Uploads gives one's own uploads to an application that are under way.
func (s *Service) Uploads(ctx context.Context, ref ident.Ref) ([]upload.Uploading, error) {
	var rows []upload.Uploading
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		a, err := Permitted(tx, ref, access.ViewApplication)
		if err != nil {
			return err
		}
		rows, err = upload.Of(tx, a.uploads())
		return err
	})
	return rows, err
}

// Progress is how far an upload is: under way, or the file that it became.
type Progress struct {
	Uploading upload.Uploading
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
	u, err := upload.One(tx, a.uploads(), id)
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
	if err := s.pieces().Keep(ctx, &u, at, content); err != nil {
		return Progress{}, err
	}
	if !u.Arrived() {
		return Progress{Uploading: u}, nil
	}
	added, err := s.whole(ctx, ref, u)
	return Progress{Uploading: u, Added: added}, err
}

// expected gives the upload to which a piece may be added, or the file that it became already.
func (s *Service) expected(ctx context.Context, ref ident.Ref, id ident.Upload) (upload.Uploading, *Added, error) {
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

// whole adds the file that the pieces make. What is refused for what is in it is not kept.
func (s *Service) whole(ctx context.Context, ref ident.Ref, u upload.Uploading) (*Added, error) {
	content, err := s.pieces().Open(ctx, u.ID)
	if err != nil {
		return nil, err
	}
	defer func() { _ = content.Close() }()
	added, err := s.add(ctx, ref, Upload{Section: u.Section, Question: u.Question, Name: u.Name, Content: content, pieces: u.ID})
	switch {
	case err == nil:
		return &added, nil
	case fault.Is(err, fault.Invalid), fault.Is(err, fault.TooLarge):
		if ending := s.pieces().Drop(ctx, u.ID); ending != nil {
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
		u, err := upload.One(tx, a.uploads(), id)
		if err != nil {
			return err
		}
		return upload.End(tx, u.ID)
	})
}

package product

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

// A file of evidence may come in pieces before the item that it belongs to is said. It waits as an upload that has arrived, until the item
// is added.

func (s *Service) pieces() upload.Pieces { return upload.Pieces{Gate: s.gate, Files: s.files} }

func (sp *Space) uploads() upload.To {
	return upload.To{Product: sp.Product.ID, Form: sp.Form.ID}
}

// StartUpload begins an upload in pieces, if the file could be added as far as its name and size tell.
func (s *Service) StartUpload(ctx context.Context, id ident.Product, formID string, in upload.Start) (upload.Uploading, error) {
	var u upload.Uploading
	err := s.gate.Keep(ctx, func(tx *work.Tx) error {
		sp, err := s.space(tx, id, formID, "", access.AnswerReturn)
		if err != nil {
			return err
		}
		in.Name = files.CleanName(in.Name)
		switch {
		case in.Size <= 0:
			return fault.Fields(fault.Problems{"content": "The file is empty"})
		case in.Size > mostFileBytes:
			return fault.Fields(fault.Problems{"content": "The file must be 100 MB or smaller"})
		}
		if err := fits(tx, &sp, in.Name, in.Size); err != nil {
			return err
		}
		u, err = upload.Begin(tx, sp.uploads(), in)
		return err
	})
	return u, err
}

// Uploads gives one's own uploads to a return, under way or arrived.
func (s *Service) Uploads(ctx context.Context, id ident.Product, formID string) ([]upload.Uploading, error) {
	var rows []upload.Uploading
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		sp, err := s.space(tx, id, formID, "", access.AnswerReturn)
		if err != nil {
			return err
		}
		rows, err = upload.Of(tx, sp.uploads())
		return err
	})
	return rows, err
}

// UploadProgress says how far one's own upload is.
func (s *Service) UploadProgress(ctx context.Context, id ident.Product, formID string, up ident.Upload) (upload.Uploading, error) {
	var u upload.Uploading
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		sp, err := s.space(tx, id, formID, "", access.AnswerReturn)
		if err != nil {
			return err
		}
		found, err := upload.One(tx, sp.uploads(), up)
		if err == nil {
			u = *found
		}
		return err
	})
	return u, err
}

// AddPiece adds a piece at its place. A piece at another place than the next is a Conflict that carries how far the upload is.
func (s *Service) AddPiece(ctx context.Context, id ident.Product, formID string, up ident.Upload, piece Piecemeal) (upload.Uploading, error) {
	u, err := s.UploadProgress(ctx, id, formID, up)
	if err != nil {
		return u, err
	}
	return u, s.pieces().Keep(ctx, &u, piece.At, piece.Content)
}

// Piecemeal is a piece of a file, and where it begins.
type Piecemeal struct {
	At      int64
	Content io.Reader
}

// CancelUpload ends an upload of one's own.
func (s *Service) CancelUpload(ctx context.Context, id ident.Product, formID string, up ident.Upload) error {
	return s.gate.Keep(ctx, func(tx *work.Tx) error {
		sp, err := s.space(tx, id, formID, "", access.AnswerReturn)
		if err != nil {
			return err
		}
		u, err := upload.One(tx, sp.uploads(), up)
		if err != nil {
			return err
		}
		return upload.End(tx, u.ID)
	})
}

// arrived gives an upload of which all is there.
func (s *Service) arrived(ctx context.Context, id ident.Product, formID string, up ident.Upload) (upload.Uploading, error) {
	u, err := s.UploadProgress(ctx, id, formID, up)
	if fault.Is(err, fault.NotFound) || err == nil && !u.Arrived() {
		return u, fault.Fields(fault.Problems{"content": "The file has not arrived whole. Choose it again"})
	}
	return u, err
}

// Package upload is files on their way: uploads that come in pieces, so that a large file goes on where the line broke, to an application
// or to a DTAC return. It keeps pieces and says how far an upload is; what becomes of a file that has arrived, and who may bring one, is for
// the room that it goes to.
//
// The bytes of each piece are kept in the store of files before its row is written, so that what the rows say has arrived is there, in
// every process and after every crash.
package upload

import (
	"context"
	"errors"
	"io"
	"time"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/files"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// The limits of uploads in pieces.
const (
	MostPiece    = 8 << 20
	leastPiece   = 64 << 10 // but for the last one: a file has no more than a few thousand pieces
	mostInFlight = 50       // to one place
	mostOfOne    = 100      // of a person, to all places
)

// Uploading is an upload that comes in pieces and is under way.
type Uploading struct {
	ID            ident.Upload
	ApplicationID *ident.Application
	ProductID     *ident.Product // of a DTAC return
	Form          string         // of a DTAC return
	Person        ident.Person
	Section       string
	Question      form.Code
	Name          string
	Size          int64
	Received      int64
	StartedAt     time.Time
	TouchedAt     time.Time
}

// TableName is the table of uploads.
func (Uploading) TableName() string { return "uploads" }

// Arrived reports whether all of the file is there.
func (u *Uploading) Arrived() bool { return u.Received == u.Size }

// To is where a file goes: an application, or the return of a product on a form.
type To struct {
	Application ident.Application
	Product     ident.Product
	Form        string
}

// errTooMany says that no more uploads can be begun.
var errTooMany = errors.New("too many uploads are under way")

// IsTooMany reports whether an upload was refused because too many are under way.
func IsTooMany(err error) bool { return errors.Is(err, errTooMany) }

// Start is a file that is to come.
type Start struct {
	Section  string
	Question form.Code
	Name     string
	Size     int64
}

// Begin notes an upload of the one who acts, if there are not too many.
func Begin(tx *work.Tx, to To, in Start) (Uploading, error) {
	here, own, err := count(tx, to)
	if err != nil {
		return Uploading{}, err
	}
	if here >= mostInFlight || own >= mostOfOne {
		return Uploading{}, fault.Wrap(fault.Invalid, errTooMany, "There are too many unfinished uploads. Finish or cancel one first")
	}
	u := Uploading{
		ID: ident.New[ident.Upload](), Form: to.Form, Person: tx.By.ID, Section: in.Section, Question: in.Question, Name: in.Name, Size: in.Size,
		StartedAt: tx.Now, TouchedAt: tx.Now,
	}
	if to.Product != "" {
		u.ProductID = &to.Product
	} else {
		u.ApplicationID = &to.Application
	}
	return u, work.Add(tx, &u)
}

// Elsewhere is the conflict of a piece that is at another place than the next. It carries how far the upload is.
func Elsewhere(u Uploading) error {
	return fault.Stale(u, "%d of %d bytes have arrived: go on there", u.Received, u.Size)
}

// Pieces keeps and joins the pieces of uploads.
type Pieces struct {
	Gate  *work.Gate
	Files *files.Store
}

// Keep keeps the bytes of a piece that begins at a place, then its row, and moves the upload on. The caller has asked for permission.
func (p Pieces) Keep(ctx context.Context, u *Uploading, at int64, content io.Reader) error {
	if at != u.Received {
		return Elsewhere(*u)
	}
	if u.Arrived() {
		return nil
	}
	stored, err := p.Files.Put(ctx, content, MostPiece)
	if err != nil {
		return err //nolint:wrapcheck // files has said what it was doing
	}
	rest := u.Size - u.Received
	if stored.Size > rest || stored.Size < min(rest, leastPiece) {
		return fault.New(fault.Invalid, "A piece must have between %d and %d bytes, and no more than are left", min(rest, leastPiece), min(rest, MostPiece))
	}
	err = p.Gate.Keep(ctx, func(tx *work.Tx) error {
		first, err := add(tx, piece{u.ID, u.Received, stored.Size, stored.Digest})
		if err == nil && !first {
			err = Elsewhere(*u)
		}
		return err
	})
	if err != nil {
		return err //nolint:wrapcheck // said above
	}
	u.Received += stored.Size
	return nil
}

// Open reads the file that the pieces of an upload make.
func (p Pieces) Open(ctx context.Context, id ident.Upload) (io.ReadCloser, error) {
	j := &joined{ctx: ctx, store: p.Files}
	err := p.Gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		j.pieces, err = piecesOf(tx, id)
		return err
	})
	return j, err //nolint:wrapcheck // said above
}

// Drop ends an upload whose file was refused for what is in it. One that was ended meanwhile is no fault.
func (p Pieces) Drop(ctx context.Context, id ident.Upload) error {
	err := p.Gate.Keep(ctx, func(tx *work.Tx) error { return End(tx, id) })
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err //nolint:wrapcheck // said above
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
				return 0, err //nolint:wrapcheck // files has said what it was doing
			}
			j.open, j.pieces = content, j.pieces[1:]
		}
		n, err := j.open.Read(p)
		if errors.Is(err, io.EOF) {
			_ = j.Close()
			err = nil
		}
		if n > 0 || err != nil {
			return n, err //nolint:wrapcheck // files has said what it was doing
		}
	}
}

// Close closes the piece that is being read.
func (j *joined) Close() error {
	if j.open != nil {
		_ = j.open.Close()
		j.open = nil
	}
	return nil
}

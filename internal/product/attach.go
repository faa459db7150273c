package product

import (
	"context"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/files"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/upload"
	"adoptionfund/internal/work"
)

// ReturnFile is a file of the evidence of a return: its bytes are in the store of files, by digest.
type ReturnFile struct {
	ID         ident.File
	ProductID  ident.Product
	Form       string
	Question   form.Code
	Name       string
	MediaType  string
	Size       int64
	Digest     string
	UploadedBy ident.Person
	UploadedAt time.Time
	SentAt     *time.Time // when a return that names it was first sent; nil: assessors do not see it yet
	Scan       files.ScanState
	ScannedAt  *time.Time
	Found      string // the name of the virus
}

// held says why nobody is given the file, or nothing.
func (f *ReturnFile) held() string {
	switch f.Scan {
	case files.ScanPending:
		return fmt.Sprintf("The file %s is being checked for viruses. Try again in a few minutes", files.Quoted(f.Name))
	case files.ScanInfected:
		return fmt.Sprintf("A virus was found in the file %s. Remove it", files.Quoted(f.Name))
	case files.ScanOff, files.ScanClean:
	}
	return ""
}

// The limits of the files of a return.
const (
	mostFileBytes = 100 << 20
	mostFiles     = 100
	mostBytes     = 2 << 30
)

// kindsOfFile are the endings of the files that evidence may be.
func kindsOfFile() []string {
	return []string{"pdf", "docx", "xlsx", "pptx", "odt", "ods", "odp", "csv", "txt", "png", "jpg", "jpeg"}
}

// Attachment is a file that comes with an item of evidence: in the same request, or in pieces before it.
type Attachment struct {
	Name    string
	Content io.Reader
	Upload  ident.Upload // that has arrived; empty: Name and Content are it
}

// AttachEvidence adds an item of evidence with its file. The bytes are kept first, outside the transaction; if the item is refused they
// are an orphan that the sweep removes. Without scanning the file can be had at once, else when it is found clean.
func (s *Service) AttachEvidence(ctx context.Context, id ident.Product, formID string, e status.Evidence, a Attachment) error {
	if a.Upload != "" {
		arrived, err := s.arrived(ctx, id, formID, a.Upload)
		if err != nil {
			return err
		}
		content, err := s.pieces().Open(ctx, arrived.ID)
		if err != nil {
			return err
		}
		defer func() { _ = content.Close() }()
		a.Name, a.Content = arrived.Name, content
	}
	a.Name = files.CleanName(a.Name)
	if strings.TrimSpace(e.File) == "" {
		e.File = a.Name
	}
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		sp, err := s.space(tx, id, formID, "", access.AnswerReturn)
		if err != nil {
			return err
		}
		if err := fault.Fields(evidenceProblems(sp.Form, &e)); err != nil {
			return err
		}
		return fits(tx, &sp, a.Name, 1)
	})
	if err != nil {
		return err
	}
	stored, err := s.files.Put(ctx, a.Content, mostFileBytes, files.Fits(a.Name))
	if err != nil {
		return s.refused(ctx, a, err)
	}
	return s.edit(ctx, id, formID, "evidence", func(tx *work.Tx, sp *Space) error { return s.attach(tx, sp, e, a, stored) })
}

// refused says why a file is not kept. One that came in pieces is not kept either, where it is for what is in it.
func (s *Service) refused(ctx context.Context, a Attachment, err error) error {
	f, ok := fault.Of(err)
	if !ok {
		return fmt.Errorf("keeping evidence: %w", err)
	}
	if a.Upload != "" {
		if dropping := s.pieces().Drop(ctx, a.Upload); dropping != nil {
			return dropping
		}
	}
	return fault.Fields(fault.Problems{"content": f.Words})
}

// attach notes a file whose bytes are stored, and the item of evidence that it is.
func (s *Service) attach(tx *work.Tx, sp *Space, e status.Evidence, a Attachment, stored files.Stored) error {
	if err := fits(tx, sp, a.Name, stored.Size); err != nil {
		return err
	}
	file := ReturnFile{
		ID: ident.New[ident.File](), ProductID: sp.Product.ID, Form: sp.Form.ID, Question: e.Question, Name: a.Name, MediaType: stored.MediaType, Size: stored.Size,
		Digest: stored.Digest, UploadedBy: tx.By.ID, UploadedAt: tx.Now, Scan: files.ScanOff,
	}
	if a.Upload != "" {
		if err := upload.End(tx, a.Upload); err != nil {
			return err
		}
		file.ID = ident.File(a.Upload)
	}
	if s.files.Scans() {
		file.Scan = files.ScanPending
		if err := tx.Enqueue(string(access.ScanFiles), string(access.ScanFiles)+":"+string(file.ID), string(file.ID), tx.Now); err != nil {
			return err
		}
	}
	e.Stored = file.ID
	sp.Return.Body.Evidence = append(slices.Clone(sp.Return.Body.Evidence), e)
	tx.Record(event(sp.Product.ID, "dtac.add_file", map[string]any{"question": e.Question, "digest": stored.Digest, "size": stored.Size}))
	return work.Add(tx, &file)
}

// fits says why a file of a size cannot come to a return, or nothing.
func fits(tx *work.Tx, sp *Space, name string, size int64) error {
	ending := strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
	if !slices.Contains(kindsOfFile(), ending) {
		return fault.Fields(fault.Problems{"content": "The file must be of the kind " + strings.ToUpper(strings.Join(kindsOfFile(), ", "))})
	}
	standing, err := filesOf(tx, sp.Product.ID, sp.Form.ID)
	if err != nil {
		return err
	}
	for _, f := range standing {
		size += f.Size
	}
	if len(standing) >= mostFiles || size > mostBytes {
		return fault.Fields(fault.Problems{"content": fmt.Sprintf("A return takes %d files, of %d GB together, and no more. Remove one first", mostFiles, mostBytes>>30)})
	}
	return nil
}

// named are the files that the evidence names.
func (c Content) named() []ident.File {
	var ids []ident.File
	for _, e := range c.Evidence {
		if e.Stored != "" {
			ids = append(ids, e.Stored)
		}
	}
	return ids
}

// ready refuses to send a return with a file that is held back.
func (sp *Space) ready(tx *work.Tx) error {
	standing, err := filesOf(tx, sp.Product.ID, sp.Form.ID)
	if err != nil {
		return err
	}
	named := sp.Return.Body.named()
	for _, f := range standing {
		if words := f.held(); words != "" && slices.Contains(named, f.ID) {
			return fault.New(fault.Invalid, "%s", words)
		}
	}
	return nil
}

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

// Attachment is a file that comes with an item of evidence.
type Attachment struct {
	Name    string
	Content io.Reader
}

// AttachEvidence adds an item of evidence with its file. The bytes are kept first, outside the transaction; if the item is refused they
// are an orphan that the sweep removes. Without scanning the file can be had at once, else when it is found clean.
func (s *Service) AttachEvidence(ctx context.Context, id ident.Product, formID string, e status.Evidence, a Attachment) error {
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
	if f, ok := fault.Of(err); ok {
		return fault.Fields(fault.Problems{"content": f.Words})
	}
	if err != nil {
		return fmt.Errorf("keeping evidence: %w", err)
	}
	return s.edit(ctx, id, formID, "evidence", func(tx *work.Tx, sp *Space) error {
		if err := fits(tx, sp, a.Name, stored.Size); err != nil {
			return err
		}
		file := ReturnFile{
			ID: ident.New[ident.File](), ProductID: id, Form: sp.Form.ID, Question: e.Question, Name: a.Name, MediaType: stored.MediaType, Size: stored.Size,
			Digest: stored.Digest, UploadedBy: tx.By.ID, UploadedAt: tx.Now, Scan: files.ScanOff,
		}
		if s.files.Scans() {
			file.Scan = files.ScanPending
			if err := tx.Enqueue(string(access.ScanFiles), string(access.ScanFiles)+":"+string(file.ID), string(file.ID), tx.Now); err != nil {
				return err
			}
		}
		e.Stored = file.ID
		sp.Return.Body.Evidence = append(sp.Return.Body.Evidence, e)
		tx.Record(event(id, "dtac.add_file", map[string]any{"question": e.Question, "digest": stored.Digest, "size": stored.Size}))
		return work.Add(tx, &file)
	})
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

// Download opens a file of a return: for its supplier, and, once it was sent, for those who may see the return. Security evidence goes to
// its supplier and to DTAC assessors alone; to everybody else it is not there.
func (s *Service) Download(ctx context.Context, id ident.Product, fileID ident.File) (*ReturnFile, io.ReadCloser, error) {
	var file *ReturnFile
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		p, err := byID(tx, id)
		if err != nil {
			return err
		}
		if err := tx.Require(access.ViewReturn, p.reached(tx, access.ViewReturn)); err != nil {
			return err
		}
		if file, err = s.visible(tx, p, fileID); err != nil {
			return err
		}
		tx.Saw("DTAC evidence", string(id), string(fileID))
		if words := file.held(); words != "" {
			return fault.New(fault.Conflict, "%s", words)
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	content, err := s.files.Get(ctx, file.Digest, file.Size)
	if err != nil {
		return nil, nil, fmt.Errorf("opening evidence: %w", err)
	}
	return file, content, nil
}

// visible finds a file that the one who acts may have.
func (s *Service) visible(tx *work.Tx, p *Product, id ident.File) (*ReturnFile, error) {
	file, err := fileByID(tx, id)
	if err != nil || file.ProductID != p.ID {
		return nil, work.NotFound("file")
	}
	f, err := s.form(file.Form)
	if err != nil {
		return nil, err
	}
	need := access.Action("")
	if q, ok := f.Question(file.Question); !ok || Sealed(q) {
		need = access.ViewSecurityEvidence
	}
	for _, act := range []access.Action{need, s.unsent(file)} {
		if act == "" {
			continue
		}
		if may, err := tx.May(act, p.reached(tx, act)); err != nil || !may {
			return nil, orElse(err, work.NotFound("file"))
		}
	}
	return file, nil
}

// unsent is what one must be able to do to have a file that was never sent: nobody but the supplier can.
func (s *Service) unsent(f *ReturnFile) access.Action {
	if f.SentAt == nil {
		return access.AnswerReturn
	}
	return ""
}

func orElse(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

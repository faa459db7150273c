package application

import (
	"context"
	"fmt"
	"io"
	"slices"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/files"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/upload"
	"adoptionfund/internal/work"
)

// Upload is a file that somebody adds to a question.
type Upload struct {
	Section  string
	Question form.Code
	Name     string
	Content  io.Reader

	pieces ident.Upload // that it came in, if it did
}

// The limits of all files of an application.
const (
	mostFiles = 200
	mostBytes = 4 << 30
)

// Added is a file that was added, and the versions of its section before and after.
type Added struct {
	File            File
	Before, Version int
}

// AddFile keeps an evidence file and adds it to the answer of its question. The bytes are kept first, outside the transaction; if
// the row is refused they are an orphan that the sweep removes.
func (s *Service) AddFile(ctx context.Context, ref ident.Ref, in Upload) error {
	_, err := s.add(ctx, ref, in)
	return err
}

func (s *Service) add(ctx context.Context, ref ident.Ref, in Upload) (Added, error) {
	var added Added
	in.Name = files.CleanName(in.Name)
	var q *form.Question
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		_, _, found, err := s.accepts(tx, ref, in, 1)
		q = found
		return err
	})
	if err != nil {
		return added, err
	}
	stored, err := s.files.Put(ctx, in.Content, int64(q.MostMegabytes())<<20, files.Fits(in.Name))
	if err != nil {
		return added, about(q, err)
	}
	for range attachTries {
		err = s.gate.Write(ctx, func(tx *work.Tx) error { return s.attach(tx, ref, in, stored, &added) })
		if !fault.Is(err, fault.Conflict) {
			break // adding a file goes with whatever somebody else saved meanwhile: such a conflict is tried again
		}
	}
	return added, err
}

const attachTries = 8

// about gives the problem with an upload to its question.
func about(q *form.Question, err error) error {
	if f, ok := fault.Of(err); ok {
		return fault.Fields(fault.Problems{string(q.Code): f.Words})
	}
	return err
}

// accepts says why a file of a size cannot be added to the answer of its question, or gives where it goes.
func (s *Service) accepts(tx *work.Tx, ref ident.Ref, in Upload, size int64) (*Application, *Page, *form.Question, error) { //nolint:revive // where a file goes
	a, err := Permitted(tx, ref, access.ViewApplication)
	if err != nil {
		return nil, nil, nil, err
	}
	p, err := s.open(tx, a, in.Section)
	if err != nil {
		return nil, nil, nil, err
	}
	q, ok := p.Form.Question(in.Question)
	if !ok || q.Section != p.Section.Code {
		return nil, nil, nil, work.NotFound("question")
	}
	if err := writable(tx, a, p.Section); err != nil {
		return nil, nil, nil, err
	}
	problem := form.CheckUpload(q, p.Answers[q.Code], in.Name, size)
	if problem == "" {
		problem = full(p.Files, size)
	}
	if problem != "" {
		return nil, nil, nil, fault.Fields(fault.Problems{string(q.Code): problem})
	}
	return a, &p, q, nil
}

// full says that the application has no room for another file of a size, or nothing.
func full(standing []File, size int64) string {
	sum := size
	for _, f := range standing {
		sum += f.Size
	}
	switch {
	case len(standing) >= mostFiles:
		return fmt.Sprintf("The application has %d files, and takes no more. Remove one first", mostFiles)
	case sum > mostBytes:
		return fmt.Sprintf("The files of the application must be %d GB or smaller together. Remove one first", mostBytes>>30)
	}
	return ""
}

// attach notes a file whose bytes are stored, and adds it to the answer of its question. It is held back until it was scanned, where
// files are scanned.
func (s *Service) attach(tx *work.Tx, ref ident.Ref, in Upload, stored files.Stored, added *Added) error {
	a, p, q, err := s.accepts(tx, ref, in, stored.Size)
	if err != nil {
		return err
	}
	file := File{
		ID: ident.New[ident.File](), ApplicationID: a.ID, Question: string(q.Code), Name: in.Name, MediaType: clip(stored.MediaType, 100), Size: stored.Size,
		Digest: stored.Digest, UploadedBy: tx.By.ID, UploadedAt: tx.Now, Scan: files.ScanOff,
	}
	if in.pieces != "" {
		if err := upload.End(tx, in.pieces); err != nil {
			return err
		}
		file.ID = ident.File(in.pieces)
	}
	if s.files.Scans() {
		file.Scan = files.ScanPending
		if err := tx.Enqueue(string(access.ScanFiles), string(access.ScanFiles)+":"+string(file.ID), string(file.ID), tx.Now); err != nil {
			return err
		}
	}
	if err := work.Add(tx, &file); err != nil {
		return err
	}
	tx.Record(Event(a, "file.add", map[string]any{"question": q.Code, "digest": stored.Digest, "size": stored.Size}))
	p.Answers[q.Code] = form.Attach(p.Answers[q.Code], file.ID)
	added.File, added.Before = file, p.Version
	if err := s.put(tx, a, p); err != nil {
		return err
	}
	added.Version = p.Version
	return stillRoom(tx, a, q)
}

// stillRoom refuses the file that went over the limits of the application, because others were added to other sections at the same
// moment: one at a time gets here. It comes last, in the order in which saving a section holds the rows.
func stillRoom(tx *work.Tx, a *Application, q *form.Question) error {
	if err := hold(tx, a); err != nil {
		return err
	}
	all, err := filesOf(tx, a.ID)
	if err != nil {
		return err
	}
	last := len(all) - 1
	if problem := full(all[:last], all[last].Size); problem != "" {
		return fault.Fields(fault.Problems{string(q.Code): problem})
	}
	return nil
}

// RemoveFile takes a file out of the answer of its question. The bytes stay while a submission names them.
func (s *Service) RemoveFile(ctx context.Context, ref ident.Ref, code string, id ident.File) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := ByRef(tx, ref)
		if err != nil {
			return err
		}
		file, err := fileByID(tx, id)
		if err != nil || file.ApplicationID != a.ID {
			return orElse(err, work.NotFound("file"))
		}
		p, err := s.open(tx, a, code)
		if err != nil {
			return err
		}
		if err := writable(tx, a, p.Section); err != nil {
			return err
		}
		v := p.Answers[form.Code(file.Question)]
		v.Files = slices.DeleteFunc(slices.Clone(v.Files), func(f ident.File) bool { return f == id })
		p.Answers[form.Code(file.Question)] = v
		tx.Record(Event(a, "file.remove", map[string]any{"question": file.Question, "digest": file.Digest}))
		if err := removeFile(tx, id); err != nil {
			return err
		}
		return s.put(tx, a, &p)
	})
}

// Download opens a file for somebody who may see the application.
func (s *Service) Download(ctx context.Context, ref ident.Ref, id ident.File) (*File, io.ReadCloser, error) {
	return s.opened(ctx, func(tx *work.Tx) (*Application, *File, error) {
		a, err := Permitted(tx, ref, access.ViewApplication)
		if err != nil {
			return nil, nil, err
		}
		file, err := s.readableFile(tx, a, id)
		return a, file, err
	})
}

// opened opens the file that find allows: the one way in which bytes leave. A file that is held back or had a virus in it is not
// given to anybody.
func (s *Service) opened(ctx context.Context, find func(tx *work.Tx) (*Application, *File, error)) (*File, io.ReadCloser, error) {
	var file *File
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		a, found, err := find(tx)
		if err != nil {
			return err
		}
		tx.Saw("file", string(a.Ref), string(found.ID))
		file = found
		return file.refused()
	})
	if err != nil {
		return nil, nil, err
	}
	content, err := s.files.Get(ctx, file.Digest, file.Size)
	return file, content, err
}

// dropFiles removes the files that stood in the answers of a section and were unticked there.
func dropFiles(tx *work.Tx, a *Application, p *Page, stood form.Answers) error {
	for _, file := range p.Files {
		code := form.Code(file.Question)
		if slices.Contains(p.Answers[code].Files, file.ID) || !slices.Contains(stood[code].Files, file.ID) {
			continue
		}
		tx.Record(Event(a, "file.remove", map[string]any{"question": file.Question, "digest": file.Digest}))
		if err := removeFile(tx, file.ID); err != nil {
			return err
		}
	}
	return nil
}

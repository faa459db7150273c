package application

import (
	"context"
	"io"
	"path"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/files"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// Upload is a file that somebody adds to a question.
type Upload struct {
	Section  string
	Question form.Code
	Name     string
	Content  io.Reader
}

// AddFile keeps an evidence file and adds it to the answer of its question. The bytes are kept first, outside the transaction; if
// the row is refused they are an orphan that the sweep removes.
func (s *Service) AddFile(ctx context.Context, ref ident.Ref, in Upload) error {
	page, err := s.Open(ctx, ref, in.Section)
	if err != nil {
		return err
	}
	q, ok := page.Form.Question(in.Question)
	if !ok || q.Section != page.Section.Code {
		return work.NotFound("question")
	}
	name := fileName(in.Name)
	limit := int64(q.MostMegabytes()) << 20
	if problem := form.CheckUpload(q, page.Answers[q.Code], name, 1); problem != "" {
		return fault.Fields(fault.Problems{string(q.Code): problem})
	}
	stored, err := s.files.Put(in.Content, limit)
	if err != nil {
		return about(q, err)
	}
	if !matches(name, stored) {
		return fault.Fields(fault.Problems{string(q.Code): "What is in the file is not what its name says. Save it again in its own format"})
	}
	in.Name = name
	return s.gate.Write(ctx, func(tx *work.Tx) error { return s.attach(tx, ref, q, in, stored) })
}

// about gives the problem with an upload to its question.
func about(q *form.Question, err error) error {
	if f, ok := fault.Of(err); ok {
		return fault.Fields(fault.Problems{string(q.Code): f.Words})
	}
	return err
}

// fileName keeps the last part of a name as it was given, without control characters, at most 200 characters.
func fileName(text string) string {
	text = strings.ToValidUTF8(path.Base(strings.ReplaceAll(text, `\`, "/")), "")
	text = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || strings.ContainsRune(`"<>|:*?`, r) || r >= 0x202a && r <= 0x202e {
			return -1
		}
		return r
	}, text))
	if text == "" || text == "." || text == "/" {
		return "file"
	}
	ext := path.Ext(text)
	return clip(strings.TrimSuffix(text, ext), 200-len(ext)) + ext
}

// matches reports whether a file's content is of the kind that its name's ending says.
func matches(name string, stored files.Stored) bool {
	ext := strings.ToLower(path.Ext(name))
	same := [][]string{{".jpg", ".jpeg"}, {".txt", ".csv", ".md"}}
	for _, group := range same {
		if slices.Contains(group, ext) && slices.Contains(group, stored.Extension) {
			return true
		}
	}
	return ext == stored.Extension
}

// attach notes a file whose bytes are stored, and adds it to the answer of its question.
func (s *Service) attach(tx *work.Tx, ref ident.Ref, q *form.Question, in Upload, stored files.Stored) error {
	a, err := ByRef(tx, ref)
	if err != nil {
		return err
	}
	p, err := s.open(tx, a, in.Section)
	if err != nil {
		return err
	}
	if err := writable(tx, a, p.Section); err != nil {
		return err
	}
	if problem := form.CheckUpload(q, p.Answers[q.Code], in.Name, stored.Size); problem != "" {
		return fault.Fields(fault.Problems{string(q.Code): problem})
	}
	file := File{
		ID: ident.New[ident.File](), ApplicationID: a.ID, Question: string(q.Code), Name: in.Name, MediaType: stored.MediaType, Size: stored.Size,
		Digest: stored.Digest, UploadedBy: tx.By.ID, UploadedAt: tx.Now,
	}
	if err := work.Add(tx, &file); err != nil {
		return err
	}
	tx.Record(Event(a, "file.add", map[string]any{"question": q.Code, "digest": stored.Digest, "size": stored.Size}))
	p.Answers[q.Code] = form.Attach(p.Answers[q.Code], file.ID)
	return s.put(tx, a, &p)
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
func (s *Service) Download(ctx context.Context, ref ident.Ref, id ident.File) (*File, io.ReadSeekCloser, error) {
	var file *File
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		a, err := Permitted(tx, ref, access.ViewApplication)
		if err != nil {
			return err
		}
		if file, err = fileByID(tx, id); err != nil || file.ApplicationID != a.ID {
			return orElse(err, work.NotFound("file"))
		}
		tx.Saw("file", string(a.Ref), string(id))
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	content, err := s.files.Get(file.Digest)
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

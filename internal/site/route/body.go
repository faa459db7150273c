package route

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"adoptionfund/internal/fault"
)

// inMemory is how much of a multipart form is kept in memory; larger files go to the system's temporary folder meanwhile.
const inMemory = 1 << 20

// body is what came with a POST.
type body struct {
	form  url.Values
	files map[string][]*multipart.FileHeader
	whole *multipart.Form
}

// File is a file that came with a form. It is gone when the handler returns.
type File struct {
	Name string // as the person's device calls it, without folders
	Size int64

	header *multipart.FileHeader
}

// Open opens it.
func (f File) Open() (io.ReadCloser, error) {
	opened, err := f.header.Open()
	if err != nil {
		return nil, fmt.Errorf("opening the uploaded file: %w", err)
	}
	return opened, nil
}

// Seek opens it for reading that goes back to the beginning.
func (f File) Seek() (io.ReadSeekCloser, error) {
	opened, err := f.header.Open()
	if err != nil {
		return nil, fmt.Errorf("opening the uploaded file: %w", err)
	}
	return opened, nil
}

// Part is one part of a multipart form, in the order in which the browser sent them.
type Part struct {
	Field string
	File  string // name of the file; empty for a field
	io.Reader
}

// Files gives the files that were chosen in a field.
func (r *Request) Files(field string) []File {
	var files []File
	for _, header := range r.body.files[field] {
		if header.Filename != "" {
			files = append(files, File{Name: fileName(header.Filename), Size: header.Size, header: header})
		}
	}
	return files
}

// FileFields gives the names of the fields in which files were chosen.
func (r *Request) FileFields() []string {
	names := make([]string, 0, len(r.body.files))
	for name := range r.body.files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Parts calls each for every part of a multipart form as it arrives. Only for rows with Stream.
func (r *Request) Parts(each func(Part) error) error {
	reader, err := r.gin.Request.MultipartReader()
	if err != nil {
		return unreadable(err)
	}
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return tooLargeOr(err, unreadable)
		}
		name := ""
		if part.FileName() != "" {
			name = fileName(part.FileName())
		}
		if err := each(Part{Field: clean(part.FormName()), File: name, Reader: part}); err != nil {
			return tooLargeOr(err, func(err error) error { return err })
		}
	}
}

// Content gives the body as it arrives, at most as much as the row allows. Only for rows with Stream.
func (r *Request) Content() io.Reader { return content{r.gin.Request.Body} }

// content is a body whose excess is a fault.
type content struct{ io.Reader }

// Read reads on.
func (c content) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if err == nil || errors.Is(err, io.EOF) {
		return n, err //nolint:wrapcheck // the end is told as it is
	}
	return n, tooLargeOr(err, unreadable)
}

// readBody reads the form of a POST, at most limit bytes of it.
func readBody(w http.ResponseWriter, req *http.Request, limit int64, stream bool) (body, error) {
	if req.Method != http.MethodPost {
		return body{}, nil
	}
	req.Body = http.MaxBytesReader(w, req.Body, limit)
	if stream {
		return body{}, nil
	}
	kind, _, err := mime.ParseMediaType(req.Header.Get("Content-Type"))
	switch {
	case err != nil && req.ContentLength == 0:
		return body{form: url.Values{}}, nil
	case kind == "multipart/form-data":
		err = req.ParseMultipartForm(inMemory)
	case kind == "application/x-www-form-urlencoded":
		err = req.ParseForm()
	default:
		return body{}, fault.New(fault.Invalid, "This address takes forms only.")
	}
	if err != nil {
		if errors.Is(err, multipart.ErrMessageTooLarge) {
			return body{}, fault.Wrap(fault.Invalid, err, "What you sent has too many parts. Send no more than a few hundred files at once.")
		}
		return body{}, tooLargeOr(err, unreadable)
	}
	read := body{form: req.PostForm, whole: req.MultipartForm}
	if req.MultipartForm != nil {
		read.files = req.MultipartForm.File
	}
	return read, tidy(read.form)
}

// done removes what was kept of files.
func (b body) done() error {
	if b.whole == nil {
		return nil
	}
	return b.whole.RemoveAll()
}

// tidy refuses text that is not UTF-8 and writes line ends the one way.
func tidy(form url.Values) error {
	problems := fault.Problems{}
	for name, values := range form {
		if !readable(name) {
			return unreadable(nil)
		}
		for n, value := range values {
			if !readable(value) {
				problems[name] = "Some characters cannot be read. Type this text again, or paste it as plain text"
				continue
			}
			values[n] = strings.ReplaceAll(strings.ReplaceAll(value, "\r\n", "\n"), "\r", "\n")
		}
	}
	return fault.Fields(problems)
}

func readable(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

func unreadable(cause error) error {
	return fault.Wrap(fault.Invalid, cause, "The form cannot be read. It may have been cut off on its way here.")
}

// tooLargeOr makes a TooLarge of a body beyond its limit, and of any other error what otherwise says.
func tooLargeOr(err error, otherwise func(error) error) error {
	if large, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &fault.Fault{Kind: fault.TooLarge, Words: "What you sent is too large.", Cause: err, Latest: large.Limit}
	}
	return otherwise(err)
}

// fileName gives the last part of a name from a person's device, as safe text of at most 200 bytes that keeps its extension.
func fileName(name string) string {
	name = clean(path.Base(strings.ReplaceAll(name, `\`, "/")))
	if name == "" || name == "." || name == "/" {
		return "file"
	}
	const longest = 200
	if extension := path.Ext(name); len(name) > longest && len(extension) < 20 {
		return strings.ToValidUTF8(name[:longest-len(extension)], "") + extension
	}
	return strings.ToValidUTF8(name[:min(len(name), longest)], "")
}

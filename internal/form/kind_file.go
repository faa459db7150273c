package form

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
)

// Ceilings of files in one answer and of each file, whatever a form says.
const (
	maxFiles         = 50
	maxFileMegabytes = 200
)

// fileKind is files that were uploaded, named by their ids; some forms also ask whether they are provided at all.
// The bytes are not seen here: an upload is checked by CheckUpload, stored elsewhere, and then attached.
func fileKind() behaviour {
	return behaviour{
		parts:    partFiles | partChoices,
		suffixes: []string{"-remove"},
		limits:   []string{"files", "file_kinds", "file_megabytes"},
		options:  optionsMay,
		define: func(q *Question) []string {
			if q.Limits.Files > maxFiles || q.Limits.FileMegabytes > maxFileMegabytes {
				return []string{fmt.Sprintf("limits: at most %d files of %d megabytes", maxFiles, maxFileMegabytes)}
			}
			return nil
		},
		read:  readFiles,
		write: writeChoices,
		check: checkFiles,
		ask: func(q *Question) string {
			if q.Short == "" {
				return askToEnter(q)
			}
			return "Upload " + name(q)
		},
		show:    showFiles,
		operand: choiceOperand,
	}
}

// readFiles keeps the files that are attached, without those that were asked to be removed.
func readFiles(_ *Question, in input) Value {
	v := Value{}
	if chosen := oneLine(in.first("")); chosen != "" {
		v.Choices = []string{chosen}
	}
	for _, f := range in.old.Files {
		if !slices.Contains(in.all("-remove"), string(f)) {
			v.Files = append(v.Files, f)
		}
	}
	return v
}

func showFiles(q *Question, v Value) string {
	var parts []string
	if len(v.Choices) > 0 {
		parts = append(parts, showChoices(q, v))
	}
	if len(v.Files) > 0 {
		parts = append(parts, plural(len(v.Files), "file", "files"))
	}
	return strings.Join(parts, ", ")
}

// MostFiles is how many files the question takes.
func (q *Question) MostFiles() int {
	if q.Limits.Files > 0 {
		return q.Limits.Files
	}
	return maxFiles
}

// MostMegabytes is how large each file may be.
func (q *Question) MostMegabytes() int {
	if q.Limits.FileMegabytes > 0 {
		return q.Limits.FileMegabytes
	}
	return maxFileMegabytes
}

func checkFiles(q *Question, v Value, how How) fault.Problems {
	if len(v.Choices) > 1 {
		return wrong("Select one answer for " + name(q))
	}
	if p := checkChoices(q, v, how); p != nil {
		return p
	}
	if len(v.Files) > q.MostFiles() {
		return wrong(fmt.Sprintf("%s takes no more than %s", q.Name(), plural(q.MostFiles(), "file", "files")))
	}
	for _, f := range v.Files {
		if _, err := ident.Parse[ident.File](string(f)); err != nil {
			return wrong(q.Name() + " names a file that is not there: upload it again")
		}
	}
	return nil
}

// CheckUpload says what is wrong with a file that someone would add to an answer, or nothing.
func CheckUpload(q *Question, v Value, fileName string, bytes int64) string {
	ending := strings.ToLower(strings.TrimPrefix(path.Ext(fileName), "."))
	switch {
	case q.Kind != KindFile:
		return q.Name() + " takes no files"
	case len(q.Limits.FileKinds) > 0 && !slices.Contains(q.Limits.FileKinds, ending):
		return fmt.Sprintf("%s must be a file of the kind %s", q.Name(), strings.ToUpper(strings.Join(q.Limits.FileKinds, ", ")))
	case bytes == 0:
		return fmt.Sprintf("The file for %s is empty", name(q))
	case bytes > int64(q.MostMegabytes())<<20:
		return fmt.Sprintf("The file for %s must be %d MB or smaller", name(q), q.MostMegabytes())
	case len(v.Files) >= q.MostFiles():
		return fmt.Sprintf("%s takes no more than %s", q.Name(), plural(q.MostFiles(), "file", "files"))
	}
	return ""
}

// Attach adds a stored file to an answer, once.
func Attach(v Value, file ident.File) Value {
	if !slices.Contains(v.Files, file) {
		v.Files = append(slices.Clone(v.Files), file)
	}
	return v
}

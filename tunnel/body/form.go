package body

import (
	"bufio"
	"bytes"
	"io"
	"mime"
	"regexp"
	"strings"
)

// Form is what the gateway has to know of a multipart body.
type Form struct {
	Model   Located // End is 0 when there is none
	Answers int     // how many are wanted, 0 where that is not said
}

// ReadForm looks for the form field "model" in a multipart body (RFC 7578) and where it stands.
// [mime/multipart] reads such bodies too, but does not tell where.
//
// Servers' parsers differ in what they make of a form that is not written to the letter, so one
// that is not is refused, and so is a second model: see [Scanner].
func ReadForm(body io.Reader, boundary string) (Form, *Fault) {
	f := &formReader{r: bufio.NewReaderSize(body, formWindow), delimiter: []byte("--" + boundary)}
	if f.skip(newline); !f.skip(f.delimiter) {
		return Form{}, &Fault{Kind: Malformed}
	}
	for !f.skip([]byte("--")) {
		if !f.skip(newline) || !f.readPart() {
			return Form{}, &Fault{Kind: Malformed}
		}
		if f.fault != nil {
			return Form{}, f.fault
		}
	}
	if f.skip(newline); !f.over() {
		return Form{}, &Fault{Kind: Malformed}
	}
	return f.form, nil
}

// formWindow is longer than a delimiter or a line of a part's header may be.
const formWindow = 4 << 10

var newline = []byte("\r\n")

// formReader reads a multipart body part by part.
type formReader struct {
	r         *bufio.Reader
	offset    int64
	delimiter []byte
	form      Form
	seen      bool // a part is for the model
	fault     *Fault
}

// skip reads over text if that is what comes next.
func (f *formReader) skip(text []byte) bool {
	ahead, _ := f.r.Peek(len(text))
	return bytes.Equal(ahead, text) && f.discard(len(text))
}

func (f *formReader) discard(n int) bool {
	n, err := f.r.Discard(n)
	f.offset += int64(n)
	return err == nil
}

func (f *formReader) over() bool {
	_, err := f.r.Peek(1)
	return err == io.EOF
}

// readPart reads a part and the delimiter after it.
func (f *formReader) readPart() bool {
	name, isFile, ok := f.readHeader()
	if !ok {
		return false
	}
	start := f.offset
	beginning, ok := f.readData()
	if !ok {
		return false
	}
	f.note(name, isFile, Located{string(beginning), start, f.offset - int64(len(newline)+len(f.delimiter))})
	return true
}

// note keeps of a part what is to be known. A model that a parser could see in it beside the one that we see
// is as good as two models.
func (f *formReader) note(name string, isFile bool, value Located) {
	bare, _, _ := strings.Cut(name, "[") // "model[]" is one element of a list to some
	switch folded, r := roleOf(bare); {
	case folded == "model" && f.seen:
		f.fault = &Fault{Kind: Ambiguous}
	case folded == "model" && (name != "model" || isFile):
		f.fault = &Fault{Misspelled, name}
	case folded == "model":
		f.form.Model, f.seen = value, true
	case r == otherModel && value.Value != "":
		f.fault = &Fault{OtherModel, bare}
	case r == answers:
		f.form.Answers = max(f.form.Answers, number(value.Value))
	}
}

// readData reads a part's data and the delimiter after it, and returns the beginning of the data,
// which is all of a model's name.
func (f *formReader) readData() (beginning []byte, ok bool) {
	for {
		ahead, _ := f.r.Peek(formWindow)
		i := bytes.Index(ahead, f.delimiter)
		end := i - len(newline)
		if i < 0 {
			end = len(ahead) - len(newline) - len(f.delimiter) // the delimiter may begin right after it
		}
		if end < 0 {
			return nil, false
		}
		beginning = append(beginning, ahead[:min(end, maxToken-len(beginning))]...)
		f.discard(end)
		if i >= 0 {
			return beginning, f.skip(newline) && f.skip(f.delimiter)
		}
		if end == 0 {
			return nil, false
		}
	}
}

var (
	// What a part is called: the one parameter "name", without escapes, beside the name of a file.
	partName = regexp.MustCompile(`^(?i:Content-Disposition:[ \t]*form-data)` +
		`(?:[ \t]*;[ \t]*(?:name=(?:"([\w.\[\]-]+)"|([\w.\[\]-]+))|` + fileName + `))+[ \t]*$`)
	headerLine  = regexp.MustCompile(`^[A-Za-z0-9-]+:[^\x00-\x08\x0a-\x1f\x7f]*$`)
	disposition = regexp.MustCompile(`^(?i:Content-Disposition):`)
	fileParam   = regexp.MustCompile(`;[ \t]*` + fileName)
	// nameParam is whatever a parser may take for such a parameter, name* and name*0 of RFC 2231 too.
	nameParam = regexp.MustCompile(`(?i)\bname[\s*]*[*=]`)
)

const fileName = `filename\*?=(?:"(?:[^"\\]|\\.)*"|[^\s";\\]+)`

// readHeader reads a part's header and the empty line after it.
func (f *formReader) readHeader() (name string, isFile, ok bool) {
	for {
		line, ok := f.readLine()
		switch {
		case !ok:
			return "", false, false
		case line == "":
			return name, isFile, name != ""
		case !headerLine.MatchString(line):
			return "", false, false
		case !disposition.MatchString(line):
			continue
		}
		parts := partName.FindStringSubmatch(line)
		if parts == nil || name != "" || len(nameParam.FindAllString(line, 2)) > 1 {
			return "", false, false
		}
		name, isFile = parts[1]+parts[2], fileParam.MatchString(line)
	}
}

// readLine reads a line of a header, without its end.
func (f *formReader) readLine() (string, bool) {
	line, err := f.r.ReadSlice('\n')
	f.offset += int64(len(line))
	text, ok := strings.CutSuffix(string(line), "\r\n")
	return text, ok && err == nil && !strings.ContainsAny(text, "\r\x00")
}

// boundaryForm is what a boundary is made of (RFC 2046, section 5.1.1), but for the characters that
// would have to be quoted.
var boundaryForm = regexp.MustCompile(`^[\w'+=.-]{1,70}$`)

// Boundary returns the boundary of a multipart form. isForm is false for another content type, and
// boundary is "" for a form that names none, or one that not every parser reads alike.
func Boundary(contentType string) (boundary string, isForm bool) {
	if contentType == "application/json" {
		return "", false // as nearly all are
	}
	kind, params, err := mime.ParseMediaType(contentType)
	if kind != "multipart/form-data" {
		return "", false
	}
	if err != nil || !boundaryForm.MatchString(params["boundary"]) {
		return "", true
	}
	return params["boundary"], true
}

package tunnel

import (
	"bufio"
	"bytes"
	"io"
	"mime"
	"regexp"
	"strings"
)

// findFormModel looks for the form field "model" in a multipart body (RFC 7578) and returns its
// value and where it stands. [mime/multipart] reads such bodies too, but does not tell where.
//
// Servers' parsers differ in what they make of a form that is not written to the letter, so one
// that is not is refused, and so is a second model: see scanner.
func findFormModel(body io.Reader, boundary string) (located, *failure) {
	f := &formReader{r: bufio.NewReaderSize(body, formWindow), delimiter: []byte("--" + boundary)}
	if f.skip(newline); !f.skip(f.delimiter) {
		return located{}, errForm
	}
	for !f.skip([]byte("--")) {
		if !f.skip(newline) || !f.readPart() {
			return located{}, errForm
		}
		if f.fault != nil {
			return located{}, f.fault
		}
	}
	if f.skip(newline); !f.over() {
		return located{}, errForm
	}
	return f.model, nil
}

// formWindow is longer than a delimiter or a line of a part's header may be.
const formWindow = 4 << 10

var newline = []byte("\r\n")

// formReader reads a multipart body part by part.
type formReader struct {
	r         *bufio.Reader
	offset    int64
	delimiter []byte
	model     located
	seen      bool // a part is for the model
	fault     *failure
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

// readPart reads a part and the delimiter behind it.
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
	bare, _, _ := strings.Cut(name, "[") // "model[]" is one element of a list to some
	switch {
	case !strings.EqualFold(bare, "model"):
		f.fault = otherModel(bare)
	case name != "model" || isFile || f.seen:
		f.fault = errAmbiguous
	default:
		end := f.offset - int64(len(newline)+len(f.delimiter))
		f.model, f.seen = located{value: string(beginning), start: start, end: end}, true
	}
	return true
}

// readData reads a part's data and the delimiter behind it, and returns the beginning of the data,
// which is all of a model's name.
func (f *formReader) readData() (beginning []byte, ok bool) {
	for {
		ahead, _ := f.r.Peek(formWindow)
		i := bytes.Index(ahead, f.delimiter)
		end := i - len(newline)
		if i < 0 {
			end = len(ahead) - len(newline) - len(f.delimiter) // the delimiter may begin behind it
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

// readHeader reads a part's header and the empty line behind it.
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

// boundaryOf returns the boundary when contentType is a multipart form, else "".
func boundaryOf(contentType string) string {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "multipart/form-data" {
		return ""
	}
	return params["boundary"]
}

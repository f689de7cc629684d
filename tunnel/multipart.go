package tunnel

import (
	"bufio"
	"bytes"
	"io"
	"mime"
	"strings"
)

// findFormModel looks for the form field "model" in a multipart body (RFC 7578) and returns its
// value and where it stands. [mime/multipart] reads such bodies too, but does not tell where.
func findFormModel(body io.Reader, boundary string) located {
	const longestLine = 4 << 10 // a boundary or a part's header; data may have longer ones
	lines := &lineReader{r: bufio.NewReaderSize(body, longestLine)}
	delimiter := []byte("--" + boundary)
	for {
		line, ok := lines.next()
		if !ok {
			return located{}
		}
		if !bytes.Equal(bytes.TrimSpace(line), delimiter) || !lines.readHeader() {
			continue
		}
		start := lines.offset
		value, ok := lines.next()
		if !ok {
			return located{}
		}
		value = bytes.TrimRight(value, "\r\n")
		return located{value: string(value), start: start, end: start + int64(len(value))}
	}
}

// lineReader reads lines and counts where it is. Of a line that is longer than the buffer each
// part counts as a line.
type lineReader struct {
	r      *bufio.Reader
	offset int64
}

func (l *lineReader) next() ([]byte, bool) {
	line, err := l.r.ReadSlice('\n')
	l.offset += int64(len(line))
	return line, len(line) > 0 && (err == nil || err == bufio.ErrBufferFull || err == io.EOF)
}

// readHeader reads a part's header and reports whether the part is the field "model".
func (l *lineReader) readHeader() bool {
	found := false
	for {
		line, ok := l.next()
		text := strings.TrimSpace(string(line))
		if !ok || text == "" {
			return found
		}
		name, value, _ := strings.Cut(text, ":")
		if strings.EqualFold(name, "Content-Disposition") {
			_, params, err := mime.ParseMediaType(strings.TrimSpace(value))
			found = err == nil && params["name"] == "model"
		}
	}
}

// boundaryOf returns the boundary when contentType is a multipart form, else "".
func boundaryOf(contentType string) string {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "multipart/form-data" {
		return ""
	}
	return params["boundary"]
}

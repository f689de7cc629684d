package control

import (
	"bufio"
	"encoding/json"
	"io"
)

// reader reads lines of JSON of bounded length.
type reader struct{ scan *bufio.Scanner }

func newReader(r io.Reader, longest int) *reader {
	scan := bufio.NewScanner(r)
	scan.Buffer(nil, longest)
	return &reader{scan}
}

// read decodes the next line into v. io.EOF says that there is none.
func (r *reader) read(v any) error {
	if !r.scan.Scan() {
		if err := r.scan.Err(); err != nil {
			return err
		}
		return io.EOF
	}
	return json.Unmarshal(r.scan.Bytes(), v)
}

func writeLine(w io.Writer, v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = w.Write(append(line, '\n'))
	return err
}

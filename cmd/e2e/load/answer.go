package load

import (
	"bytes"
	"fmt"
)

// Answer is what came of an answer, in OpenAI's or in Ollama's words.
type Answer struct {
	Status int
	Pieces int  // of text
	Ended  bool // the mark at a stream's end has come
	closes bool // the connection ends with it
	start  []byte
}

// Whole returns an error for an answer that is not 200 with so many pieces and the mark at its end.
func (a Answer) Whole(pieces int) error {
	if a.Status == 200 && a.Pieces == pieces && a.Ended {
		return nil
	}
	return fmt.Errorf("status %d, %d of %d pieces, the end mark came: %t: %q", a.Status, a.Pieces, pieces, a.Ended, a.start)
}

// counter counts what comes of an answer, line by line.
type counter struct {
	answer *Answer
	piece  func(text []byte) // is told each piece; may be nil
	rest   []byte            // of a line that has not ended yet
}

func (c *counter) write(p []byte) {
	if missing := startLength - len(c.answer.start); missing > 0 && c.answer.Status != 200 {
		c.answer.start = append(c.answer.start, p[:min(len(p), missing)]...)
	}
	for {
		i := bytes.IndexByte(p, '\n')
		if i < 0 {
			c.rest = append(c.rest, p...)
			return
		}
		if len(c.rest) > 0 {
			c.rest = append(c.rest, p[:i]...)
			c.line(c.rest)
			c.rest = c.rest[:0]
		} else {
			c.line(p[:i])
		}
		p = p[i+1:]
	}
}

// startLength is how much of an answer that is none is told.
const startLength = 300

var (
	content   = []byte(`"content":"`)
	openAIEnd = []byte(`data: [DONE]`)
	ollamaEnd = []byte(`"done":true`)
)

func (c *counter) line(line []byte) {
	if i := bytes.Index(line, content); i >= 0 {
		text := line[i+len(content):]
		if end := bytes.IndexByte(text, '"'); end > 0 {
			c.answer.Pieces++
			if c.piece != nil {
				c.piece(text[:end])
			}
			return
		}
	}
	if bytes.Equal(line, openAIEnd) || bytes.Contains(line, ollamaEnd) {
		c.answer.Ended = true
	}
}

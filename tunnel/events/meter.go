package events

import (
	"bytes"
	"io"
	"net/http"
	"sync/atomic"
)

// Tokens counts those of a call. Another goroutine may look at any time.
type Tokens struct {
	Prompt, Generated atomic.Int64
}

// meter counts the tokens of an answer while it passes by. It looks for the few members that tell
// and decodes nothing: answers come in thousands of small pieces a second.
type meter struct {
	*Tokens
	text [][]byte // the members that hold generated text, by the route

	// Where which of them was last: what stands before the text of an event is as long as in the
	// event before, so that nothing needs to be searched.
	at   int
	last []byte
}

// NewMeter returns what counts the tokens of a stream that answers a request for path. Those of one that
// was made of a plain answer are known beforehand.
func NewMeter(t *Tokens, path string) meter {
	m := meter{Tokens: t}
	if t.Generated.Load() == 0 {
		m.text = textMembers[path]
	}
	return m
}

// The members are looked for as they stand in the text, not decoded: a model's own words cannot be mistaken
// for one, since a quote in a string is escaped.

// textMembers are the members of a stream's events that hold generated text, the most common first.
// An event with one of them that is not empty is a token, for nearly all servers.
var textMembers = map[string][][]byte{
	"/v1/chat/completions": members("content", "reasoning_content", "reasoning", "arguments"),
	"/v1/completions":      members("text"),
	"/v1/responses":        members("delta"),
	"/v1/messages":         members("text", "thinking", "partial_json"),
	"/api/chat":            members("content", "thinking"),
	"/api/generate":        members("response", "thinking"),
}

// The members with which servers tell how many tokens there were, by what all of a kind have in
// common: OpenAI's chat and its relatives, Anthropic's messages and OpenAI's responses, Ollama.
var (
	usageMarks     = [][]byte{[]byte(`_tokens"`), []byte(`_count"`)}
	promptCounts   = members("prompt_tokens", "input_tokens", "prompt_eval_count")
	generatedCount = members("completion_tokens", "output_tokens", "eval_count")
)

// members are the names as they stand before their values.
func members(names ...string) [][]byte {
	var all [][]byte
	for _, name := range names {
		all = append(all, []byte(`"`+name+`":`))
	}
	return all
}

// count counts whole events or lines. An event has its text in one line.
func (m *meter) count(data []byte) {
	n := int64(0)
	for rest := data; len(rest) > 0 && len(m.text) > 0; {
		var line []byte
		line, rest = cutLine(rest)
		if len(line) > 0 && m.hasText(line) {
			n++
		}
	}
	m.Generated.Add(n)
	m.Usage(data)
}

// cutLine takes the first line off data, without its end: there are streams with CR alone.
func cutLine(data []byte) (line, rest []byte) {
	i := bytes.IndexByte(data, '\n')
	if i < 0 {
		i = bytes.IndexByte(data, '\r')
	}
	if i < 0 {
		return data, nil
	}
	return data[:i], data[i+1:]
}

// hasText reports whether a piece has generated text in it. What stands before the text is nearly always as
// long as in the piece before, so that one comparison tells.
func (m *meter) hasText(piece []byte) bool {
	if m.at < len(piece) && m.last != nil && bytes.HasPrefix(piece[m.at:], m.last) {
		if startsText(piece[m.at+len(m.last):]) {
			return true
		}
	}
	for _, member := range m.text {
		i := bytes.Index(piece, member)
		if i >= 0 && startsText(piece[i+len(member):]) {
			m.at, m.last = i, member
			return true
		}
	}
	return false
}

// startsText reports whether a value is a string that is not empty.
func startsText(value []byte) bool {
	if len(value) > 0 && value[0] == ' ' {
		value = value[1:]
	}
	return len(value) > 1 && value[0] == '"' && value[1] != '"'
}

// Usage takes the server's own counts over. A count of zero says nothing: some tell it with every
// piece of text and the real one with the last.
func (m *meter) Usage(data []byte) {
	for _, mark := range usageMarks {
		if !bytes.Contains(data, mark) {
			continue
		}
		if n := lastCount(data, promptCounts); n > 0 {
			m.Prompt.Store(n)
		}
		if n := lastCount(data, generatedCount); n > 0 {
			m.Generated.Store(n)
		}
		return
	}
}

// lastCount returns the last number that one of the members has, or 0.
func lastCount(data []byte, members [][]byte) int64 {
	for _, member := range members {
		// Forwards, which is what package bytes does quickly.
		var last []byte
		for _, after, found := bytes.Cut(data, member); found; _, after, found = bytes.Cut(after, member) {
			last = after
		}
		if last != nil {
			return leadingNumber(last)
		}
	}
	return 0
}

// leadingNumber reads the number at the beginning of data, after spaces; 0 if there is none.
func leadingNumber(data []byte) int64 {
	const most = 1 << 40 // tokens; what is more is no count
	var n int64
	for _, b := range bytes.TrimLeft(data, " ") {
		if b < '0' || b > '9' || n > most {
			break
		}
		n = 10*n + int64(b-'0')
	}
	return n
}

// Measure counts the tokens of an answer that is no stream of pieces: by the server's own count,
// since nobody knows how many a whole text is.
func Measure(res *http.Response, t *Tokens) {
	kind := mediaType(res.Header.Get("Content-Type"))
	if kind == "application/json" || FormatOf(kind) != nil {
		res.Body = &metered{ReadCloser: res.Body, meter: meter{Tokens: t}}
	}
}

// metered is the body of such an answer.
type metered struct {
	io.ReadCloser
	meter
	tail [longestCount]byte // the end of what was read before: a count may be cut by a read
	kept int                // of tail
}

// longestCount is how long a member with a count is at most, and so how much of what was read is
// looked at again.
const longestCount = 48

// Read implements io.Reader. A count at the border of two reads is found where both meet.
func (b *metered) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	var border [2 * longestCount]byte
	met := copy(border[:], b.tail[:b.kept])
	met += copy(border[met:], p[:min(n, longestCount)])
	b.Usage(border[:met])
	if n > longestCount {
		b.Usage(p[:n])
		b.kept = copy(b.tail[:], p[n-longestCount:n])
		return n, err
	}
	b.kept = copy(b.tail[:], border[max(0, met-longestCount):met])
	return n, err
}

// Wait implements waiter.
func (b *metered) Wait() error { return Wait(b.ReadCloser) }

// Ready implements waiter.
func (b *metered) Ready() bool { return Ready(b.ReadCloser) }

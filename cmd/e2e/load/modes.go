package load

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"
)

// The models of a Server. All answer with a stream of server-sent events that ends with a mark.
const (
	Quick = "quick" // a short answer, at once and in one write
	Early = "early" // a short answer, a write for each piece, which begins before the request has come whole
	Paced = "paced" // a piece every Pace, whose text is the time when it was written
	Flood = "flood" // many pieces as fast as they are taken, a write for each
	Hold  = "hold"  // a piece, and when the server is released another
	Sink  = "sink"  // takes a request of any size; its piece is the size
)

// Pace is the time between two pieces of Paced.
const Pace = 20 * time.Millisecond

// Pieces is how many pieces of text an answer has.
var Pieces = map[string]int{Quick: 5, Early: 5, Paced: 40, Flood: 100_000, Hold: 2, Sink: 1}

// Time reads the text of a piece of Paced.
func Time(text []byte) (time.Time, error) {
	n, err := strconv.ParseInt(string(text), 10, 64)
	return time.Unix(0, n), err
}

// answerHead begins each answer.
const answerHead = "HTTP/1.1 200 OK\r\nServer: llama.cpp\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

// Each event is a chunk of HTTP.
var (
	modelList  = listModels()
	word       = chunk(event("word"))
	answerEnd  = chunk("data: [DONE]\n\n") + "0\r\n\r\n"
	quick      = []byte(answerHead + strings.Repeat(word, Pieces[Quick]) + answerEnd)
	wordBytes  = []byte(word)
	firstWord  = []byte(answerHead + word)
	lastBytes  = []byte(answerEnd)
	lastOfHold = []byte(word + answerEnd)
)

func listModels() string {
	var rows []string
	for _, id := range []string{Quick, Early, Paced, Flood, Hold, Sink} {
		rows = append(rows, fmt.Sprintf(`{"id":%q,"object":"model","owned_by":"llamacpp"}`, id))
	}
	return `{"object":"list","data":[` + strings.Join(rows, ",") + `]}`
}

func event(text string) string {
	return `data: {"choices":[{"index":0,"delta":{"content":"` + text + `"}}]}` + "\n\n"
}

func chunk(text string) string { return fmt.Sprintf("%x\r\n%s\r\n", len(text), text) }

// tell answers a request of so many bytes that has come whole.
func (s *Server) tell(c net.Conn, mode string, length int64) error {
	switch mode {
	case Quick:
		_, err := c.Write(quick)
		return err
	case Paced:
		return paced(c)
	case Flood:
		return words(c, Pieces[Flood])
	case Hold:
		return s.hold(c)
	case Sink:
		_, err := c.Write([]byte(answerHead + chunk(event(strconv.FormatInt(length, 10))) + answerEnd))
		return err
	}
	return say(c, "404 Not Found", `{"error":{"message":"no such model"}}`)
}

func early(c net.Conn) error { return words(c, Pieces[Early]) }

// words answers with so many pieces, a write for each.
func words(c net.Conn, n int) error {
	if _, err := c.Write(firstWord); err != nil {
		return err
	}
	for range n - 1 {
		if _, err := c.Write(wordBytes); err != nil {
			return err
		}
	}
	_, err := c.Write(lastBytes)
	return err
}

func paced(c net.Conn) error {
	next := time.Now()
	for i := range Pieces[Paced] {
		text := chunk(event(strconv.FormatInt(time.Now().UnixNano(), 10)))
		if i == 0 {
			text = answerHead + text
		}
		if _, err := c.Write([]byte(text)); err != nil {
			return err
		}
		next = next.Add(Pace)
		time.Sleep(time.Until(next))
	}
	_, err := c.Write(lastBytes)
	return err
}

func (s *Server) hold(c net.Conn) error {
	s.mu.Lock()
	released := s.released
	s.mu.Unlock()
	if _, err := c.Write(firstWord); err != nil {
		return err
	}
	<-released
	_, err := c.Write(lastOfHold)
	return err
}

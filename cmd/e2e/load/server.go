package load

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
)

// Server is an LLM server with OpenAI's API, which costs as little as one can. What it does is told by
// the model that is asked for.
type Server struct {
	listener net.Listener
	after    After
	asked    atomic.Int64
	serving  sync.WaitGroup

	mu       sync.Mutex // guards what follows
	conns    map[net.Conn]bool
	released chan struct{} // closed when held answers go on
}

// Start starts a Server on loopback. It ends with Close. What becomes of a connection behind an answer
// is told by after, which may be nil: it is kept.
func Start(after After) (*Server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Server{listener: l, after: after, conns: make(map[net.Conn]bool), released: make(chan struct{})}
	s.serving.Go(s.accept)
	return s, nil
}

// Address is where the server is, a host and a port.
func (s *Server) Address() string { return s.listener.Addr().String() }

// Asked is how many chats have come.
func (s *Server) Asked() int { return int(s.asked.Load()) }

// Release lets the answers of Hold that are under way go on to their end.
func (s *Server) Release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.released)
	s.released = make(chan struct{})
}

// Close ends the server and all connections to it.
func (s *Server) Close() {
	_ = s.listener.Close()
	s.Release()
	s.mu.Lock()
	for c := range s.conns {
		_ = c.Close()
	}
	s.mu.Unlock()
	s.serving.Wait()
}

func (s *Server) accept() {
	for {
		c, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.conns[c] = true
		s.mu.Unlock()
		s.serving.Go(func() { s.serve(c) })
	}
}

// serve answers what comes on a connection. Any error ends it, which a client takes for a loss.
func (s *Server) serve(c net.Conn) {
	defer func() {
		_ = c.Close()
		s.mu.Lock()
		delete(s.conns, c)
		s.mu.Unlock()
	}()
	in := newWire(c, bufferSize)
	for {
		head, err := in.head()
		if err != nil {
			return
		}
		isChat, err := s.answer(in, head)
		if err != nil {
			return
		}
		if isChat && s.after != nil && !s.after(c.(*net.TCPConn), true) {
			return
		}
	}
}

func (s *Server) answer(in *wire, head []byte) (isChat bool, err error) {
	switch {
	case bytes.HasPrefix(head, []byte("POST /v1/chat/completions ")):
		return true, s.chat(in, max(framingOf(head).length, 0))
	case bytes.HasPrefix(head, []byte("GET /v1/models ")):
		return false, say(in.conn, "200 OK", modelList)
	case bytes.HasPrefix(head, []byte("POST "+release+" ")):
		s.Release()
		return false, say(in.conn, "200 OK", "{}")
	}
	return false, say(in.conn, "404 Not Found", "{}")
}

// chat answers a request whose body has so many bytes.
func (s *Server) chat(in *wire, length int64) error {
	mode, err := in.model(length)
	if err != nil {
		return err
	}
	s.asked.Add(1)
	if mode == Early {
		if err := early(in.conn); err != nil {
			return err
		}
		return in.pass(length, func([]byte) {})
	}
	if err := in.pass(length, func([]byte) {}); err != nil {
		return err
	}
	return s.tell(in.conn, mode, length)
}

// release is the path at which a Server in another process is told what Release tells.
const release = "/release"

// Release tells the Server at address what its Release does.
func Release(address string) error {
	c := NewClient(address)
	defer c.Close()
	_, err := c.Ask([]byte("POST "+release+" HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"), nil)
	return err
}

func say(w io.Writer, status, body string) error {
	_, err := fmt.Fprintf(w, "HTTP/1.1 %s\r\nServer: llama.cpp\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", status, len(body), body)
	return err
}

// model waits for the name of the model in a body of so many bytes, and takes nothing of it.
func (w *wire) model(length int64) (string, error) {
	for {
		there := w.buf[w.from:w.to]
		if _, after, ok := bytes.Cut(there, []byte(`"model":"`)); ok {
			if name, _, ok := bytes.Cut(after, []byte(`"`)); ok {
				return string(name), nil
			}
		}
		if int64(len(there)) >= length {
			return "", fmt.Errorf("no model in %q", there)
		}
		if err := w.fill(); err != nil {
			return "", err
		}
	}
}

package kept

import (
	"errors"
	"net/http"
)

// Writer writes an answer to the client that asked for it and keeps it. It goes on when the client has
// gone. It is for one goroutine.
type Writer struct {
	http.ResponseWriter
	Answer *Answer
	gone   bool
}

// Unwrap lets http.ResponseController find what this type does not do itself.
func (w *Writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader implements http.ResponseWriter.
func (w *Writer) WriteHeader(status int) {
	if status >= http.StatusOK {
		w.Answer.Begin(status, w.Header().Get("Content-Type"))
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write waits for the client while there is one, so that one which is merely slow holds the server
// back as ever. It never fails.
func (w *Writer) Write(p []byte) (int, error) {
	w.Answer.Begin(http.StatusOK, w.Header().Get("Content-Type"))
	w.Answer.add(p)
	if !w.gone {
		_, err := w.ResponseWriter.Write(p)
		w.note(err)
	}
	return len(p), nil
}

// FlushError is for http.ResponseController. It never fails.
func (w *Writer) FlushError() error {
	if !w.gone {
		w.note(http.NewResponseController(w.ResponseWriter).Flush())
	}
	return nil
}

func (w *Writer) note(err error) {
	if err != nil && !errors.Is(err, http.ErrBodyNotAllowed) {
		w.gone = true
		w.Answer.ClientLeft()
	}
}

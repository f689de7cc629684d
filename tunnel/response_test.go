package tunnel

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// deadlines is a connection that notes its deadlines, and lets something happen while one is set.
type deadlines struct {
	http.ResponseWriter
	set    []time.Time
	before func()
}

// SetWriteDeadline is what http.ResponseController looks for.
func (d *deadlines) SetWriteDeadline(t time.Time) error {
	if do := d.before; do != nil {
		d.before = nil
		do()
	}
	d.set = append(d.set, t)
	return nil
}

// A client that is to be let go must not get the time of an ordinary write because one was just beginning.
func TestHurryWhileADeadlineIsMoved(t *testing.T) {
	conn := &deadlines{ResponseWriter: httptest.NewRecorder()}
	w := new(response)
	w.init(conn, time.Hour)
	conn.before = w.hurry // between the look at urgent and the deadline of an ordinary write
	w.arm()
	if last := conn.set[len(conn.set)-1]; time.Until(last) > urgentTimeout {
		t.Errorf("the last of %d deadlines is in %s, want %s at most", len(conn.set), time.Until(last), urgentTimeout)
	}
}

package tunnel

import (
	"io"
	"net/http"
	"time"

	"modelbeam/tunnel/contact"
	"modelbeam/tunnel/fault"
)

// reportsAMinute is what a device may report: its page does so once for a test, and a few times after it was lost.
const reportsAMinute = 12

// serveReport answers POST /report: what a phone's page found when it tested the connection, or had lost its laptop. It
// is kept for Reports and goes nowhere else.
func (g *Gateway) serveReport(w http.ResponseWriter, r *http.Request) {
	c := callOf(r)
	if !g.failures.reports.Take(c.device.ID) {
		fail(w, r, fault.TooManyTries(time.Minute))
		return
	}
	content, err := io.ReadAll(http.MaxBytesReader(w, c.upload, contact.MaxReport))
	if err != nil {
		fail(w, r, fault.NoReport)
		return
	}
	report, err := contact.Read(content, time.Now())
	if err != nil {
		fail(w, r, fault.NoReport)
		return
	}
	report.Peer, report.Local, report.Device = c.remote, c.local, c.device.ID
	g.reports.Add(report)
	w.WriteHeader(http.StatusNoContent)
}

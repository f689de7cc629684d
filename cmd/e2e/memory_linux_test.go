package e2e

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

const (
	sinkModel  = "sink"
	uploadSize = 20 << 20
)

// TestUploadMemory looks at how much memory beam takes while large photos go through it: next
// to none for one that says its length, and bounded for several at once, said or not.
func TestUploadMemory(t *testing.T) {
	for _, tt := range []struct {
		name    string
		atOnce  int
		length  bool  // the client says how much it will send
		allowed int64 // bytes
	}{
		{"one", 1, true, 8 << 20},
		{"eight at once", 8, true, 16 << 20},
		{"eight at once without a length", 8, false, 16 << 20},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sink := newSink(tt.atOnce)
			beam := startBeam(t, "--server", serveFake(t, sink.receive, sinkModel).URL)
			key := beam.addDevice(t, "phone").Key
			status(t, beam.url+"/v1/models", key) // what is set up once does not count

			before := beam.resetPeakMemory(t)
			var uploads sync.WaitGroup
			for range tt.atOnce {
				uploads.Go(func() { upload(t, beam.url, key, tt.length) })
			}
			uploads.Wait()
			grown := beam.memory(t, "VmHWM") - before
			t.Logf("beam's memory grew by %.1f MiB from %.1f MiB", float64(grown)/(1<<20), float64(before)/(1<<20))
			if grown > tt.allowed {
				t.Errorf("that is more than %d MiB", tt.allowed>>20)
			}
		})
	}
}

// sink is a server that takes uploads. To see them all under way at the same moment it reads
// none to its end before each has come half the way.
type sink struct {
	awaited atomic.Int32
	all     chan struct{} // closed when all are there
}

func newSink(atOnce int) *sink {
	s := &sink{all: make(chan struct{})}
	s.awaited.Store(int32(atOnce))
	return s
}

func (s *sink) receive(w http.ResponseWriter, r *http.Request) {
	half, _ := io.CopyN(io.Discard, r.Body, uploadSize/2)
	if s.awaited.Add(-1) == 0 {
		close(s.all)
	}
	select {
	case <-s.all:
	case <-r.Context().Done():
	}
	rest, err := io.Copy(io.Discard, r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"received": %d}`, half+rest)
}

// upload sends a question with a large picture and sees to it that all of it arrived.
func upload(t *testing.T, base, key string, length bool) {
	t.Helper()
	const (
		head = `{"model":"` + sinkModel + `","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,`
		foot = `"}}]}]}`
	)
	req := request(t, http.MethodPost, base+"/v1/chat/completions", key, "")
	req.Body = io.NopCloser(io.MultiReader(strings.NewReader(head), io.LimitReader(letters{}, uploadSize), strings.NewReader(foot)))
	req.ContentLength = -1
	sent := int64(uploadSize + len(head) + len(foot))
	if length {
		req.ContentLength = sent
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Errorf("upload: %v", err)
		return
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if want := fmt.Sprintf(`{"received": %d}`, sent); string(body) != want {
		t.Errorf("the upload was answered with %s: %.200s, %v; want %s", resp.Status, body, err, want)
	}
}

// letters is text without end.
type letters struct{}

func (letters) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'A'
	}
	return len(p), nil
}

// resetPeakMemory makes the kernel measure the program's peak anew and returns what memory the
// program has now. See clear_refs in proc(5).
func (p *process) resetPeakMemory(t *testing.T) int64 {
	t.Helper()
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", p.cmd.Process.Pid), []byte("5"), 0); err != nil {
		t.Fatal(err)
	}
	return p.memory(t, "VmRSS")
}

// memory returns a figure of the program's memory in bytes: VmRSS now, VmHWM at its peak.
func (p *process) memory(t *testing.T, figure string) int64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(status) {
		if value, ok := strings.CutPrefix(string(line), figure+":"); ok {
			n, err := strconv.ParseInt(strings.Fields(value)[0], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return n << 10 // the unit is kB
		}
	}
	t.Fatalf("/proc tells nothing of %s", figure)
	return 0
}

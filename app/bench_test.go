package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"modelbeam/app/devices"
)

// BenchmarkGuests compares what guests are answered with what phones are, in turns in one process:
//
//	go test -run '^$' -bench Guests -benchtime 1x ./app
//
// A guest's request waits until it is counted on the disk, so the proportion depends on the disk that
// the folder for temporary files is on. It holds the server, the gateway and those who ask.
func BenchmarkGuests(b *testing.B) {
	const (
		workers = 4
		rounds  = 5
		lasting = time.Second
	)
	bench := startBench(b)
	phone, guest := bench.device(b, nil), bench.device(b, &devices.Pass{Requests: 1 << 30})
	bench.chats(b, phone, workers, lasting) // warm
	for range b.N {
		var phones, guests, proportions []float64
		for range rounds {
			p, g := bench.chats(b, phone, workers, lasting), bench.chats(b, guest, workers, lasting)
			phones, guests, proportions = append(phones, p), append(guests, g), append(proportions, g/p)
		}
		b.ReportMetric(median(phones), "phone_chats/s")
		b.ReportMetric(median(guests), "guest_chats/s")
		b.ReportMetric(median(proportions), "guest/phone")
	}
	b.ReportMetric(0, "ns/op") // says nothing here
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// bench is a Controller that shares a server which answers at once.
type bench struct {
	*Controller
	base string
}

func startBench(b *testing.B) *bench {
	b.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text := `{"choices":[{"index":0,"message":{"role":"assistant","content":"hi"}}]}`
		if r.URL.Path == "/v1/models" {
			text = `{"object":"list","data":[{"id":"tiny","object":"model"}]}`
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, text)
	}))
	b.Cleanup(server.Close)
	u, err := url.Parse(server.URL)
	if err != nil {
		b.Fatal(err)
	}
	o := Options{StateDir: b.TempDir(), Listen: "127.0.0.1:0", NoScan: true, NoMDNS: true, Demo: "off", Servers: []*url.URL{u}}
	c := New(o, slog.New(slog.DiscardHandler))
	var running sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	running.Go(func() { c.Run(ctx) })
	b.Cleanup(running.Wait)
	b.Cleanup(cancel)
	for c.State().Phase != Sharing {
		time.Sleep(5 * time.Millisecond)
	}
	return &bench{c, "http://" + c.State().Listen}
}

// device adds a device and returns its key.
func (s *bench) device(b *testing.B, pass *devices.Pass) string {
	b.Helper()
	_, key, err := s.devices.Add("device", pass)
	if err != nil {
		b.Fatal(err)
	}
	return key
}

// chats is how many chats a second workers get with the key.
func (s *bench) chats(b *testing.B, key string, workers int, lasting time.Duration) float64 {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: workers}}
	defer client.CloseIdleConnections()
	var answered atomic.Int64
	var all sync.WaitGroup
	began := time.Now()
	for range workers {
		all.Go(func() {
			for time.Since(began) < lasting {
				if err := s.chat(client, key); err != nil {
					b.Error(err)
					return
				}
				answered.Add(1)
			}
		})
	}
	all.Wait()
	return float64(answered.Load()) / time.Since(began).Seconds()
}

func (s *bench) chat(client *http.Client, key string) error {
	req, err := http.NewRequest(http.MethodPost, s.base+"/v1/chat/completions", strings.NewReader(plainChat))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("a chat gets %s", resp.Status)
	}
	return nil
}

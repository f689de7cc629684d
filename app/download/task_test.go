package download

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// lab runs a Downloader with a server that a test plays.
type lab struct {
	*Downloader
	stop func()

	mu      sync.Mutex // guards what follows
	there   bool       // the server
	asked   []time.Time
	arrived int
	told    []Phase
	saved   []Entry
}

// runLab starts it; play gets every model, and knows how often it was asked before.
func runLab(t *testing.T, play func(n int) source, remembered ...Entry) *lab {
	t.Helper()
	l := &lab{there: true}
	l.Downloader = New(Options{
		Servers: func() []Server {
			l.mu.Lock()
			defer l.mu.Unlock()
			if !l.there {
				return nil
			}
			return []Server{{ID: "s", Kind: "test", Name: "Ollama"}}
		},
		Arrived: func(context.Context) { l.note(func() { l.arrived++ }) },
		Changed: func() {},
		Tell:    func(d Download) { l.note(func() { l.told = append(l.told, d.Phase) }) },
		Save:    func(entries []Entry) { l.note(func() { l.saved = entries }) },
		Log:     slog.New(slog.DiscardHandler),
	}, remembered)
	l.source = func(Server, string) source {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.asked = append(l.asked, time.Now())
		return play(len(l.asked) - 1)
	}
	l.free = func(context.Context, Server) int64 { return -1 }
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { l.Run(ctx) })
	l.stop = func() { cancel(); running.Wait() }
	t.Cleanup(l.stop)
	return l
}

func (l *lab) note(do func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	do()
}

// only is the one download that there is.
func (l *lab) only(t *testing.T) Download {
	t.Helper()
	synctest.Wait()
	all := l.View()
	if len(all) != 1 {
		t.Fatalf("there are %d downloads: %+v", len(all), all)
	}
	return all[0]
}

// fails says something and then ends with an error.
func fails(err error, said ...line) source {
	return func(_ context.Context, tell func(line) error) error {
		for _, s := range said {
			if err := tell(s); err != nil {
				return err
			}
		}
		return err
	}
}

// hangs says something, again and again, and never ends by itself.
func hangs(said ...line) source {
	return func(ctx context.Context, tell func(line) error) error {
		for {
			for _, s := range said {
				if err := tell(s); err != nil {
					return err
				}
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(100 * time.Millisecond):
			}
		}
	}
}

func always(s source) func(int) source { return func(int) source { return s } }

func bubble(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, f)
}

func TestDownloadIsDone(t *testing.T) {
	bubble(t, func(t *testing.T) {
		l := runLab(t, always(fails(nil, layered("a", 50, 100), layered("a", 100, 100))))
		l.Get("s", "llama3.2")
		d := l.only(t)
		if d.Phase != Done || d.Done != 100 || d.Total != 100 || d.Model != "llama3.2:latest" || d.Failure != nil {
			t.Errorf("%+v", d)
		}
		if l.arrived != 1 || len(l.saved) != 0 || !slices.Equal(l.told, []Phase{Downloading, Done}) {
			t.Errorf("arrived %d times, saved %+v, told %q", l.arrived, l.saved, l.told)
		}
		l.Cancel(d.ID)
		if synctest.Wait(); len(l.View()) != 0 {
			t.Error("it does not leave the list")
		}
	})
}

// TestSecondAttemptJoins: one model is downloaded once, however it is written and however often it is asked for.
func TestSecondAttemptJoins(t *testing.T) {
	bubble(t, func(t *testing.T) {
		l := runLab(t, always(hangs(layered("a", 50, 100))))
		for _, name := range []string{"llama3.2", "llama3.2:latest", "ollama run llama3.2", "https://ollama.com/library/llama3.2"} {
			l.Get("s", name)
		}
		if d := l.only(t); d.Asked != 4 || len(l.asked) != 1 {
			t.Errorf("asked for %d times, downloaded %d times", d.Asked, len(l.asked))
		}
	})
}

func TestPauseAndResume(t *testing.T) {
	bubble(t, func(t *testing.T) {
		l := runLab(t, func(n int) source {
			if n == 0 {
				return hangs(layered("a", 50, 100))
			}
			return fails(nil, layered("a", 50, 100), layered("a", 100, 100))
		})
		l.Get("s", "tiny")
		time.Sleep(time.Second)
		id := l.only(t).ID
		l.Pause(id)
		if d := l.only(t); d.Phase != Paused || d.Done != 50 || d.Speed != 0 || !l.saved[0].Paused {
			t.Errorf("%+v, saved %+v", d, l.saved)
		}
		time.Sleep(time.Hour)
		if d := l.only(t); d.Phase != Paused || len(l.asked) != 1 {
			t.Errorf("paused, it goes on: %+v", d)
		}
		l.Resume(id)
		if d := l.only(t); d.Phase != Done || len(l.asked) != 2 {
			t.Errorf("%+v", d)
		}
	})
}

// TestWishesAtOnce has somebody press everything at the same moment: the last press counts.
func TestWishesAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		l := runLab(t, always(hangs(layered("a", 50, 100))))
		l.Get("s", "tiny")
		id := l.only(t).ID
		for range 50 {
			l.Pause(id)
			l.Resume(id)
		}
		time.Sleep(time.Second)
		if d := l.only(t); d.Phase != Downloading || d.Failure != nil {
			t.Errorf("%+v %+v", d, d.Failure)
		}
		l.Resume(id)
		l.Pause(id)
		if d := l.only(t); d.Phase != Paused {
			t.Errorf("%+v", d)
		}
	})
}

// TestProgressGivesTriesBack: a bad connection that gets somewhere each time is never given up.
func TestProgressGivesTriesBack(t *testing.T) {
	bubble(t, func(t *testing.T) {
		l := runLab(t, func(n int) source {
			if n == 20 {
				return fails(nil, layered("a", 100, 100))
			}
			return fails(refusal("unexpected EOF"), layered("a", int64(n), 100))
		})
		l.Get("s", "tiny")
		time.Sleep(time.Hour)
		if d := l.only(t); d.Phase != Done {
			t.Errorf("%+v", d)
		}
	})
}

func TestNotTriedAgain(t *testing.T) {
	for said, want := range map[string]Cause{
		"pull model manifest: file does not exist": UnknownName,
		"digest mismatch":                          WrongDigest,
		"no space left":                            DiskFull,
		"gibberish":                                Unclear,
	} {
		bubble(t, func(t *testing.T) {
			l := runLab(t, always(fails(refusal(said))))
			l.Get("s", "tiny")
			d := l.only(t)
			if d.Phase != Failed || d.Failure.Cause != want || d.Failure.Params["Model"] != "tiny" || d.Failure.Params["Server"] != "Ollama" || len(l.asked) != 1 {
				t.Errorf("%q: %+v, %+v", said, d, d.Failure)
			}
		})
	}
}

// TestStandsStill: nothing comes. That is told soon, and the server is asked anew after a while.
func TestStandsStill(t *testing.T) {
	bubble(t, func(t *testing.T) {
		l := runLab(t, always(hangs(layered("a", 50, 100))))
		l.Get("s", "tiny")
		time.Sleep(quietAfter / 2)
		if d := l.only(t); d.Phase != Downloading || d.Failure != nil {
			t.Errorf("%+v", d)
		}
		time.Sleep(quietAfter)
		if d := l.only(t); d.Phase != Downloading || d.Failure.Cause != Stalled || d.Speed != 0 || d.Left != -1 {
			t.Errorf("%+v", d)
		}
		time.Sleep(tired)
		if d := l.only(t); d.Phase != Downloading || d.Failure.Cause != Stalled || d.Done != 50 || len(l.asked) != 2 {
			t.Errorf("%+v", d)
		}
	})
}

// TestCheckingTakesLong: a slow disk is no reason to give up, for a long while.
func TestCheckingTakesLong(t *testing.T) {
	bubble(t, func(t *testing.T) {
		silent := func(ctx context.Context, tell func(line) error) error {
			err := errors.Join(tell(layered("a", 100, 100)), tell(line{Status: "verifying sha256 digest"}))
			<-ctx.Done()
			return errors.Join(err, ctx.Err())
		}
		l := runLab(t, always(silent))
		l.Get("s", "tiny")
		time.Sleep(2 * tired)
		if d := l.only(t); d.Phase != Checking || d.Failure != nil {
			t.Errorf("%+v", d)
		}
		time.Sleep(checkedWithin)
		if d := l.only(t); d.Phase != Failed || d.Failure.Cause != Unclear {
			t.Errorf("%+v", d)
		}
	})
}

// TestServerGoesAndComes: a server that is gone is waited for, and nobody has to press anything.
func TestServerGoesAndComes(t *testing.T) {
	bubble(t, func(t *testing.T) {
		l := runLab(t, func(n int) source {
			if n == 0 {
				return fails(fmt.Errorf("%w: connection refused", errGone), layered("a", 50, 100))
			}
			return fails(nil, layered("a", 100, 100))
		})
		l.note(func() { l.there = false })
		l.Get("s", "tiny")
		l.ServersChanged()
		time.Sleep(time.Hour)
		if d := l.only(t); d.Phase != Waiting || d.Failure.Cause != ServerGone || len(l.asked) != 0 {
			t.Errorf("%+v", d)
		}
		l.note(func() { l.there = true })
		l.ServersChanged()
		if d := l.only(t); d.Phase != Waiting || d.Failure.Cause != ServerGone || d.Done != 50 {
			t.Errorf("%+v %+v", d, d.Failure)
		}
		time.Sleep(longestPause)
		if d := l.only(t); d.Phase != Done {
			t.Errorf("%+v", d)
		}
	})
}

// TestGoesOnAfterRestart has two downloads remembered: the paused one stays so.
func TestGoesOnAfterRestart(t *testing.T) {
	bubble(t, func(t *testing.T) {
		l := runLab(t, always(fails(nil, layered("a", 100, 100))),
			Entry{Server: "s", Name: "Ollama", Model: "tiny:latest", Total: 100, Done: 40},
			Entry{Server: "s", Name: "Ollama", Model: "other:latest", Total: 100, Done: 30, Paused: true})
		synctest.Wait()
		all := l.View()
		if len(all) != 2 || all[0].Phase != Done || all[1].Phase != Paused || all[1].Done != 30 || all[1].Total != 100 {
			t.Errorf("%+v", all)
		}
		if want := []Entry{{Server: "s", Name: "Ollama", Model: "other:latest", Total: 100, Done: 30, Paused: true}}; !slices.Equal(l.saved, want) {
			t.Errorf("saved are %+v", l.saved)
		}
	})
}

// TestDiskTooSmall is known before anything is asked for, or as soon as the server tells the size.
func TestDiskTooSmall(t *testing.T) {
	for name, tt := range map[string]struct {
		free  int64
		model string
		asked int
		want  Phase
	}{
		"known before": {2e9, "gemma3:4b", 0, Failed},
		"told":         {99, "tiny", 1, Failed},
		"just enough":  {100, "tiny", 1, Done},
		"not known":    {-1, "gemma3:4b", 1, Done},
	} {
		bubble(t, func(t *testing.T) {
			l := runLab(t, always(fails(nil, layered("a", 0, 100), layered("a", 100, 100))))
			l.free = func(context.Context, Server) int64 { return tt.free }
			l.Get("s", tt.model)
			d := l.only(t)
			if d.Phase != tt.want || tt.want == Failed && d.Failure.Cause != DiskFull || len(l.asked) != tt.asked {
				t.Errorf("%s: %+v, %+v", name, d, d.Failure)
			}
		})
	}
}

// TestListIsBounded: more downloads than anybody could want are not begun, and those that are done make room.
func TestListIsBounded(t *testing.T) {
	bubble(t, func(t *testing.T) {
		l := runLab(t, func(n int) source {
			if n < 3 {
				return fails(nil)
			}
			return hangs(layered("a", 1, 2))
		})
		for i := range 4 * mostDownloads {
			l.Get("s", fmt.Sprint("model", i))
			synctest.Wait()
		}
		if all := l.View(); len(all) != mostDownloads || len(l.asked) != mostDownloads+3 {
			t.Errorf("%d downloads, %d were begun", len(all), len(l.asked))
		}
	})
}

// TestEndsAtOnce: a service that ends waits for no download, and all of them are remembered.
func TestEndsAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		l := runLab(t, always(hangs(layered("a", 1, 2))))
		l.Get("s", "one")
		l.Get("s", "two")
		time.Sleep(time.Second)
		before := time.Now()
		l.stop()
		if took := time.Since(before); took > 0 {
			t.Errorf("it takes %v", took)
		}
		if len(l.saved) != 2 || l.saved[0].Paused {
			t.Errorf("%+v", l.saved)
		}
	})
}

package kept

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"modelbeam/tunnel/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const limit = 2 * time.Minute

// begin starts an answer to a request that runs until it is cancelled, and returns how to ask why it was.
func begin(t *testing.T) (a *Answer, ended func() error, hurried *int) {
	ctx, cancel := context.WithCancelCause(t.Context())
	t.Cleanup(func() { cancel(nil) })
	hurried = new(int)
	a = New(Origin{Context: ctx, Cancel: cancel, Hurry: func() { *hurried++ }}, limit)
	return a, func() error { return context.Cause(ctx) }, hurried
}

// follow follows an answer from a byte and returns what came, whether it was cut off, and the error.
func follow(a *Answer, from int) (w *httptest.ResponseRecorder, cut bool, err error) {
	w = httptest.NewRecorder()
	defer func() {
		if p := recover(); p != nil {
			if p != http.ErrAbortHandler {
				panic(p)
			}
			cut = true
		}
	}()
	err = a.Follow(w, httptest.NewRequest(http.MethodGet, "/streams/x", nil), from)
	return w, false, err
}

func TestAnswerGoesOnAloneForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, ended, _ := begin(t)
		a.ClientLeft()
		a.ClientLeft() // it is told twice
		time.Sleep(limit - time.Second)
		if ended() != nil {
			t.Fatal("it was ended too soon")
		}
		if !a.join() { // somebody comes in time
			t.Fatal("there is nothing to follow")
		}
		time.Sleep(2 * limit)
		if ended() != nil {
			t.Fatal("it was ended while somebody follows")
		}
		a.leave()
		time.Sleep(limit + time.Second)
		if !errors.Is(ended(), context.Canceled) {
			t.Errorf("with nobody there it is ended by %v", ended())
		}
	})
}

func TestAnswerThatIsOverEndsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, ended, _ := begin(t)
		a.End(true)
		a.ClientLeft()
		a.Stop()
		time.Sleep(2 * limit)
		if ended() != nil {
			t.Errorf("its request is ended by %v", ended())
		}
	})
}

func TestFollow(t *testing.T) {
	a, _, hurried := begin(t)
	a.Begin(200, "text/event-stream")
	a.Begin(500, "text/plain") // only the first counts
	a.add([]byte("hello "))
	done := make(chan struct{})
	go func() {
		defer close(done)
		w, cut, err := follow(a, 2)
		if err != nil || cut || w.Code != 200 || w.Header().Get("Content-Type") != "text/event-stream" || w.Body.String() != "llo world" {
			t.Errorf("status %d, %v, cut %v: %q, %v", w.Code, w.Header(), cut, w.Body, err)
		}
	}()
	a.add([]byte("world"))
	a.End(true)
	<-done
	if w, cut, err := follow(a, 11); err != nil || cut || w.Body.Len() != 0 {
		t.Errorf("from its end: %q, cut %v, %v", w.Body, cut, err)
	}
	if _, _, err := follow(a, 12); !errors.Is(err, fault.StreamShorter) {
		t.Errorf("from beyond its end: %v", err)
	}
	if *hurried > 1 {
		t.Errorf("the client that asked was hurried %d times", *hurried)
	}
}

func TestCutOffAnswerCutsItsFollowers(t *testing.T) {
	a, _, _ := begin(t)
	a.Begin(200, "text/plain")
	a.add([]byte("half"))
	a.End(false)
	if w, cut, err := follow(a, 0); !cut || err != nil || w.Body.String() != "half" {
		t.Errorf("cut %v, %q, %v", cut, w.Body, err)
	}
	b, _, _ := begin(t)
	b.End(false) // without a header
	if _, _, err := follow(b, 0); !errors.Is(err, fault.StreamNotFound) {
		t.Errorf("an answer that never began: %v", err)
	}
}

// An answer that grows too long is nobody's but its first client's.
func TestAnswerThatGrowsTooLong(t *testing.T) {
	tooMuch := []byte(strings.Repeat("x", maxKept+1))
	a, ended, _ := begin(t)
	a.Begin(200, "text/plain")
	a.add(tooMuch)
	if ended() != nil || len(a.data) != 0 {
		t.Errorf("beside its client it is ended by %v, and %d bytes are kept", ended(), len(a.data))
	}
	if _, _, err := follow(a, 0); !errors.Is(err, fault.StreamNotFound) {
		t.Errorf("it can be followed: %v", err)
	}
	a.ClientLeft()
	if !errors.Is(ended(), context.Canceled) {
		t.Errorf("without its client it is ended by %v", ended())
	}

	b, ended, _ := begin(t)
	b.ClientLeft()
	b.add(tooMuch)
	if !errors.Is(ended(), fault.AnswerTooLong) {
		t.Errorf("with nobody there it is ended by %v", ended())
	}
	b.add(append(tooMuch, "the last words"...)) // which have room all the same
	if !strings.HasSuffix(string(b.data), "the last words") {
		t.Error("the last words are not kept")
	}
	b.End(true)
}

func TestShelf(t *testing.T) {
	var s Shelf
	key := func(device string, i int) Key { return Key{device, string(rune('a' + i))} }
	all := make(map[Key]*Answer)
	add := func(k Key) (bool, *fault.Failure) {
		a, _, _ := begin(t)
		kept, f := s.Add(k, a)
		if kept {
			all[k] = a
		}
		return kept, f
	}
	for i := range maxEach {
		if kept, f := add(key("d1", i)); !kept || f != nil {
			t.Fatalf("answer %d: %v, %v", i, kept, f)
		}
	}
	if _, f := add(key("d1", 0)); f != fault.StreamExists {
		t.Errorf("the same name again: %v", f)
	}
	if kept, f := add(key("d1", maxEach)); kept || f != nil {
		t.Errorf("one too many: %v, %v", kept, f)
	}
	all[key("d1", 1)].End(true)
	if kept, _ := add(key("d1", maxEach)); !kept || s.Get(key("d1", 1)) != nil || s.Get(key("d1", 0)) == nil {
		t.Error("the one that is over did not make room")
	}
	for d := 2; len(all) < maxAll+1; d++ { // one of all is gone
		for i := range maxEach {
			if kept, f := add(key(string(rune('0'+d)), i)); !kept || f != nil {
				t.Fatalf("device %d, answer %d: %v, %v", d, i, kept, f)
			}
		}
	}
	if kept, _ := add(key("another", 0)); kept {
		t.Error("there is no end to what is kept")
	}
	s.Forget("d1")
	if s.Get(key("d1", 0)) != nil || s.Get(key("2", 0)) == nil {
		t.Error("forgotten are others than the device's")
	}
	synctest.Test(t, func(t *testing.T) {
		k := key("d1", 0)
		a := New(Origin{Context: t.Context(), Cancel: func(error) {}}, limit)
		if kept, _ := s.Add(k, a); !kept {
			t.Fatal("no room")
		}
		a.End(true)
		s.Expire(a, limit)
		time.Sleep(limit - time.Second)
		if s.Get(k) == nil {
			t.Error("it is gone too soon")
		}
		time.Sleep(2 * time.Second)
		if s.Get(k) != nil {
			t.Error("it is kept for good")
		}
	})
}

// A client that is gone does not keep an answer from being kept whole.
func TestWriterGoesOnWithoutItsClient(t *testing.T) {
	a, ended, _ := begin(t)
	w := &Writer{ResponseWriter: broken{httptest.NewRecorder()}, Answer: a}
	w.Header().Set("Content-Type", "text/plain")
	for range 3 {
		if n, err := w.Write([]byte("abc")); n != 3 || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
	}
	if err := w.FlushError(); err != nil || ended() != nil || a.Clients() != 0 {
		t.Errorf("%v, ended by %v, %d clients", err, ended(), a.Clients())
	}
	a.End(true)
	if w, _, err := follow(a, 0); err != nil || w.Body.String() != "abcabcabc" || w.Header().Get("Content-Type") != "text/plain" {
		t.Errorf("%q, %v", w.Body, err)
	}
}

// broken is a client that is gone.
type broken struct{ http.ResponseWriter }

func (broken) Write([]byte) (int, error) { return 0, errors.New("gone") }

package app

import (
	"errors"
	"strings"
	"testing"

	"modelbeam/discovery/lan"
	"modelbeam/discovery/llm"
)

func TestWhyOffline(t *testing.T) {
	said := make(map[string]lan.Reason)
	for why := lan.NoNetwork; why <= lan.InWSL; why++ {
		p := offline(why)
		if other, twice := said[p.Title]; twice || p.Kind != ProblemOffline || p.Advice == "" {
			t.Errorf("reason %d is told as %+v, as is %d", why, p, other)
		}
		said[p.Title] = why
	}
}

// TestAddressIsGone listens on one address that this machine does not have.
func TestAddressIsGone(t *testing.T) {
	c := newIdle(t)
	c.reach.Opened("192.0.2.77:8717")
	c.move("192.168.7.77/24")
	s := c.State()
	if s.Phase != Offline || s.Problem == nil || s.Problem.Kind != ProblemAddressGone || s.Problem.Params["New"] != "192.168.7.77" {
		t.Errorf("phase %s, told %+v", s.Phase, s.Problem)
	}
	c.reach.Opened("127.0.0.1:8717")
	if s := c.State(); s.Problem != nil {
		t.Errorf("back again, and told %+v", s.Problem)
	}
}

// TestEveryKindHasWords: no two outcomes of a test are told in the same words.
func TestEveryKindHasWords(t *testing.T) {
	working := map[TestKind]TestResult{TestWorks: wordWorking(TestWorks, "vLLM", 2), TestLoading: wordWorking(TestLoading, "vLLM", 0)}
	said := make(map[string]TestKind)
	for _, text := range constants(t, "TestKind") {
		kind := TestKind(text)
		r, works := working[kind]
		if !works {
			r = wordResult(kind)
		}
		if other, twice := said[r.Title]; twice || r.Kind != kind || r.OK != works || r.Title == "" {
			t.Errorf("%s is told as %+v, as is %q", kind, r, other)
		}
		said[r.Title] = kind
	}
}

// TestWhatWentWrong: each cause that discovery knows has its words.
func TestWhatWentWrong(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want TestKind
	}{
		{&llm.Error{Cause: llm.BadAddress}, TestNoAddress},
		{&llm.Error{Cause: llm.UnknownHost}, TestUnknownHost},
		{&llm.Error{Cause: llm.Unreachable}, TestNoAnswer},
		{&llm.Error{Cause: llm.Refused}, TestNoAnswer},
		{&llm.Error{Cause: llm.TimedOut}, TestNoAnswer},
		{&llm.Error{Cause: llm.NoTLS}, TestNoTLS},
		{&llm.Error{Cause: llm.Untrusted}, TestUntrusted},
		{&llm.Error{Cause: llm.NotServer}, TestNotServer},
		{&llm.Error{Cause: llm.Redirected, Location: "https://ai.example/api"}, TestElsewhere},
		{&llm.Error{Cause: llm.Redirected, Location: "/login"}, TestNotServer},
		{&llm.Error{Cause: llm.Redirected, Location: "javascript:alert(1)"}, TestNotServer},
		{&llm.Error{Cause: llm.Redirected}, TestNotServer},
		{errors.New("anything else"), TestNoAnswer},
	} {
		if got := judge(llm.Server{}, tt.err); got.Kind != tt.want || got.OK {
			t.Errorf("%v: %+v, want %s", tt.err, got, tt.want)
		}
	}
	secret := &llm.Error{Cause: llm.Redirected, Location: "http://user:secret@box/"}
	if got := judge(llm.Server{}, secret); strings.Contains(got.Params["Location"], "secret") {
		t.Errorf("a password is shown: %+v", got)
	}
}

// TestOnlyTerminalsHearOfFlags: the window has no command line to offer.
func TestOnlyTerminalsHearOfFlags(t *testing.T) {
	err := errors.New("x")
	all := []*Problem{
		portTaken("8717", err), listenFailed("x", err), settingsProblem(err), devicesProblem(err), notSaved(err),
		addressGone("a", ""), addressGone("a", "b"), addressChanged("a", "b"), guessing("a"), encrypted("a", "b"),
		wantsKey(Server{ID: "vllm", Name: "vLLM", URL: "http://127.0.0.1:8000"}), refused(Server{Name: "vLLM"}), noAnswer("a", "b", err), notStarted("a", err),
	}
	for why := lan.NoNetwork; why <= lan.InWSL; why++ {
		all = append(all, offline(why))
	}
	flags := 0
	for _, p := range all {
		if s := p.Sentence(); strings.Contains(s, "--") || strings.Contains(s, "{{") {
			t.Errorf("%s: %s", p.Kind, s)
		}
		if s := p.TerminalSentence(); strings.Contains(s, "{{") || !strings.HasPrefix(s, p.Sentence()) {
			t.Errorf("%s in a terminal: %s", p.Kind, s)
		} else if strings.Contains(s, "--") {
			flags++
		}
	}
	if flags != 4 {
		t.Errorf("%d problems name a flag in a terminal, want the key, the container and the fixed address, twice", flags)
	}
	if got := wantsKey(Server{ID: "vllm", URL: "http://a"}); got.Remedy != EnterKey || got.Params["URL"] != "http://a" || got.Action == "" ||
		!strings.HasSuffix(got.TerminalSentence(), "--server-key vllm=KEY.") {
		t.Errorf("a key is asked for by %+v", got)
	}
}

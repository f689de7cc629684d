package app

import (
	"errors"
	"net/url"
	"strconv"

	"modelbeam/discovery/llm"
)

// wordHint is about a server that is not there.
func wordHint(h llm.Hint) Hint {
	hint := Hint{Kind: hintKind(h), Name: h.Name, Text: "{{.Name}} is installed but not running.", Action: "Start {{.Name}}"}
	if h.Reason == llm.ServerOff {
		hint.Text, hint.Action = "{{.Name}} is open, but phones cannot use it yet.", "Turn it on"
	}
	if h.Start == nil {
		hint.Action = ""
	}
	return hint
}

// wordServer is a hint about a server that is there.
func wordServer(kind, name string) Hint {
	switch kind {
	case kindOtherUser:
		return Hint{Kind: kind, Name: name, Text: "{{.Name}} belongs to another user of this computer. Share it only if you trust them."}
	case kindLoading:
		return Hint{Kind: kind, Name: name, Text: "{{.Name}} is loading its model. Phones can use it once that is done."}
	}
	return Hint{Kind: kind, Name: name, Text: "{{.Name}} has no model yet. Download one there."}
}

// wordClosedLid is about this computer. It stands in one line of the window.
func wordClosedLid() Hint {
	return Hint{Kind: kindClosedLid, Name: "Modelbeam", Text: "{{.Name}} keeps this computer awake for phones, but only while its lid is open.", Action: "OK"}
}

// notAtLogin is about the system's entry for what starts at login.
func notAtLogin(err error) *Problem {
	p := &Problem{
		Kind:   ProblemNotAtLogin,
		Title:  "Starting at login could not be changed.",
		Advice: "Change it in this computer's own settings, under startup apps.",
		Action: "OK",
		Detail: err.Error(),
	}
	p.blame(err)
	return p
}

// wordFailure is for a server that cannot be used, for whatever reason discovery gives.
func wordFailure(err error) TestResult {
	switch llm.CauseOf(err) {
	case llm.BadAddress:
		return wordResult(TestNoAddress)
	case llm.UnknownHost:
		return wordResult(TestUnknownHost)
	case llm.NoTLS:
		return wordResult(TestNoTLS)
	case llm.Untrusted:
		return wordResult(TestUntrusted)
	case llm.Redirected:
		return wordRedirect(err)
	case llm.NotServer:
		return wordResult(TestNotServer)
	}
	return wordResult(TestNoAnswer)
}

// wordRedirect names the address that a server points to where that is a whole one. A page to sign in
// on, of the same server, is no address to add.
func wordRedirect(err error) TestResult {
	e, ok := errors.AsType[*llm.Error](err)
	if !ok {
		return wordResult(TestNotServer)
	}
	u, err := url.Parse(e.Location)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return wordResult(TestNotServer)
	}
	r := wordResult(TestElsewhere)
	r.Params = map[string]string{"Location": u.Redacted()}
	return r
}

// wordResult words all kinds but those of servers that work.
func wordResult(kind TestKind) TestResult {
	r := TestResult{Kind: kind, Title: "Nothing answers there.", Advice: "Check that it is running and that the address is right."}
	switch kind {
	case TestWantsKey:
		r.Title, r.Advice = "It works, but it needs a key.", "Enter the key and test again."
	case TestNoAddress:
		r.Title, r.Advice = "This is not an address.", "An address looks like http://192.168.1.30:11434."
	case TestUnknownHost:
		r.Title, r.Advice = "No computer has this name.", "Check the spelling, or use its IP address."
	case TestNoTLS:
		r.Title, r.Advice = "It does not use https.", "Begin the address with http:// instead."
	case TestUntrusted:
		r.Title, r.Advice = "Its certificate is not trusted.", "Use http, or a certificate that this computer trusts."
	case TestElsewhere:
		r.Title, r.Advice = "It points to another address.", "If you trust {{.Location}}, use that instead."
	case TestNotServer:
		r.Title, r.Advice = "Something answers there, but it is not an AI app.", "Check the address."
	}
	return r
}

// Untested is for a server that was being tested when the service ended.
func Untested() TestResult {
	p := ServiceEnded(nil)
	return TestResult{Kind: TestNoAnswer, Title: p.Title, Advice: p.Advice}
}

// wordWorking is for a server that can be shared.
func wordWorking(kind TestKind, name string, models int) TestResult {
	r := TestResult{OK: true, Kind: kind, Params: map[string]string{"Name": name, "Count": strconv.Itoa(models)}}
	if r.Title = "It works: {{.Name}} with {{.Count}} models."; kind == TestLoading {
		r.Title = "It works: {{.Name}} is loading its model."
	}
	return r
}

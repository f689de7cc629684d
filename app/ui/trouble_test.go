package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2/test"

	"modelbeam/app/doctor"
)

// TestTrouble walks through the sheet: the question, the look, the cause, and its button.
func TestTrouble(t *testing.T) {
	u, c, a := open(t, scenes()["waiting"])
	test.Tap(button(t, u, "Find out"))
	wantText(t, u, "What does the phone show?")
	test.Tap(button(t, u, "An error in a chat app"))
	wantText(t, u, "Looking for the reason…")
	wantCalls(t, c, "ShowCode true", "Examine app")

	late := c.examined
	found := doctor.Of(doctor.FirewallUFW, nil)
	found.Command, found.Report = "sudo ufw allow 8717/tcp", "cause firewall-ufw"
	late(found)
	wantText(t, u, "This computer's firewall keeps phones out.")
	wantText(t, u, "sudo ufw allow 8717/tcp")
	test.Tap(button(t, u, "Copy report"))
	if got := a.Clipboard().Content(); got != found.Report {
		t.Errorf("copied %q", got)
	}

	wantNoText(t, u, "Most likely")

	c.diagnosis = doctor.Of(doctor.Fine, nil)
	test.Tap(button(t, u, "Let phones in"))
	wantCalls(t, c, "ShowCode true", "Examine app", "LetPhonesIn")
	wantText(t, u, "Nothing on this computer keeps phones out.")
	test.Tap(button(t, u, "Check again"))
	wantCalls(t, c, "ShowCode true", "Examine app", "LetPhonesIn", "Examine app")
	guess := doctor.Of(doctor.PhoneElsewhere, nil)
	guess.Sure = false
	c.examined(guess)
	wantText(t, u, "Most likely")
	test.Tap(button(t, u, "Check again"))
	test.Tap(button(t, u, "Cancel"))
	c.examined(found)
	wantNoText(t, u, "This computer's firewall keeps phones out.")
}

// TestTroubleButtons do what they say.
func TestTroubleButtons(t *testing.T) {
	params := map[string]string{"Address": "10.0.7.5", "URL": "http://192.168.1.20:8717", "Server": "vLLM", "ServerURL": "http://127.0.0.1:8000"}
	for cause, want := range map[doctor.Cause]string{
		doctor.Paused:      "Resume",
		doctor.TwoNetworks: "UseAddress [10.0.7.5]",
	} {
		u, c, _ := open(t, scenes()["sharing"])
		test.Tap(button(t, u, "Phone cannot connect?"))
		test.Tap(button(t, u, "A page that says something else"))
		d := doctor.Of(cause, params)
		c.examined(d)
		test.Tap(button(t, u, d.Action))
		if calls := c.calls; !slices.Contains(calls, want) {
			t.Errorf("%s: %q, want %q", cause, calls, want)
		}
		wantNoText(t, u, d.Title)
	}

	u, c, a := open(t, scenes()["sharing"])
	test.Tap(button(t, u, "Phone cannot connect?"))
	test.Tap(button(t, u, "A page that says something else"))
	c.examined(doctor.Of(doctor.HTTPSTyped, params))
	test.Tap(button(t, u, "Copy the address"))
	if got := a.Clipboard().Content(); got != params["URL"] {
		t.Errorf("copied %q", got)
	}
	c.examined(doctor.Of(doctor.ServerNeedsKey, params))
	test.Tap(button(t, u, "Enter key…"))
	wantText(t, u, "Add an AI app")
}

// TestOtherNetwork: one press puts the address of the other network into the code, and the next brings the first back.
func TestOtherNetwork(t *testing.T) {
	s := scenes()["two networks"]
	u, c, _ := open(t, s)
	test.Tap(button(t, u, "Phone on another Wi-Fi? Use 10.0.7.5"))
	wantCalls(t, c, "ShowCode true", "UseAddress [10.0.7.5]")
	s.Addresses = slices.Clone(s.Addresses)
	s.Addresses[0].Chosen, s.Addresses[1].Chosen = false, true
	c.publish(s)
	test.Tap(button(t, u, "Phone on another Wi-Fi? Use 192.168.1.20"))
	wantCalls(t, c, "ShowCode true", "UseAddress [10.0.7.5]", "UseAddress [192.168.1.20]")
	c.publish(scenes()["sharing"])
	wantNoText(t, u, "another Wi-Fi")
}

package ui

import (
	"time"

	"modelbeam/app"
)

// scenes are the states that each need a look of their own, by name.
func scenes() map[string]app.State {
	now := time.Now()
	sharing := sharingState()
	paired := withPhones(sharing, now, 0)
	paired.JustPaired = "Anna's iPhone"
	paused := withPhones(sharing, now, 0)
	paused.Phase, paused.Pairing = app.Paused, app.Pairing{}
	demo := sharing
	demo.Servers = []app.Server{demoServer()}
	reset := withPhones(sharing, now, 0)
	reset.Problem = &app.Problem{
		Title:  "Your settings could not be read.",
		Advice: "They were set aside as {{.File}} and the usual ones are in use.",
		Action: "OK", Params: map[string]string{"File": "settings.json.broken-20260504"}, Detail: "settings.json: invalid character 'x'",
	}
	offline := bare(app.Offline)
	offline.Problem = &app.Problem{
		Title:  "No network found.",
		Advice: "Connect this computer to your Wi-Fi, and the code appears here.",
	}
	failed := bare(app.Failed)
	failed.Problem = portProblem()
	return map[string]app.State{
		"searching": bare(app.Searching),
		"empty":     bare(app.Empty),
		"demo":      demo,
		"sharing":   sharing,
		"phones":    withPhones(sharing, now, 0),
		"paired":    paired,
		"answering": withPhones(sharing, now, 2),
		"paused":    paused,
		"offline":   offline,
		"failed":    failed,
		"reset":     reset,
		"details":   withPhones(sharing, now, 0),
	}
}

// bare is a state without servers, code and phones.
func bare(p app.Phase) app.State {
	return app.State{Phase: p, Name: "Anna's laptop", Version: "0.1.0", Listen: "[::]:8717"}
}

package ui

import (
	"slices"
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
		Kind:   kindOffline,
		Title:  "No network found.",
		Advice: "Connect this computer to your Wi-Fi, and the code appears here.",
	}
	twoIlls := offline
	twoIlls.Problem = reset.Problem
	failed := bare(app.Failed)
	failed.Problem = portProblem()
	long := withPhones(sharing, now, 1)
	long.Name = "客厅里的电脑 – the one with the very long name that nobody ever types again"
	long.Servers = slices.Clone(long.Servers)
	long.Servers[0].Name = "A server with quite a long name of its own"
	long.Devices[0].Name = "Samsung Galaxy S26 Ultra Enterprise Edition of the whole family, kitchen"
	long.Devices[1].Name = "小明的手机 📱"
	long.Pairing.URL, long.Pairing.Code = "http://192.168.178.120:28717/#c=WWWW-MMMM", "WWWW-MMMM"
	return map[string]app.State{
		"long":      long,
		"searching": bare(app.Searching),
		"empty":     bare(app.Empty),
		"demo":      demo,
		"sharing":   sharing,
		"phones":    withPhones(sharing, now, 0),
		"paired":    paired,
		"answering": withPhones(sharing, now, 2),
		"paused":    paused,
		"offline":   offline,
		"two ills":  twoIlls,
		"failed":    failed,
		"reset":     reset,
		"details":   withPhones(sharing, now, 0),
	}
}

// bare is a state without servers, code and phones.
func bare(p app.Phase) app.State {
	return app.State{Phase: p, Name: "Anna's laptop", Version: "0.1.0", Listen: "[::]:8717"}
}

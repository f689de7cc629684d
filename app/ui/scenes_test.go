package ui

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"modelbeam/app"
	"modelbeam/app/autostart"
	"modelbeam/app/awake"
	"modelbeam/app/doctor"
	"modelbeam/app/ui/widgets"
	"modelbeam/app/usage"
	"modelbeam/app/words"
)

// showScene turns to the page that a scene is about.
func showScene(u *UI, name string) {
	u.page.details.setOpen(name == "details")
	what, _, _ := strings.Cut(name, " ")
	u.page.turn(map[string]view{"models": onModels, "usage": onUsage, "settings": onSettings}[what])
	told := !strings.HasPrefix(name, "first phone") // who has one has read it
	u.app.Preferences().SetBool(toldStays, told)
	u.app.Preferences().SetBool(triesDemo, name == "demo tried" || name == "hints")
	u.inTray = name == "first phone"
	u.draw()
	switch name {
	case "other ways":
		pressOtherWays(u)
	case "invite":
		u.inviteGuest()
	case "invite some":
		f := newGuestForm(u)
		f.open()
		f.scope.Buttons[1].OnTapped()
		f.requests.Buttons[3].OnTapped()
	case "guest":
		u.inviting = true
		u.draw()
	}
	switch what {
	case "trouble":
		showTrouble(u, name)
	case "get":
		u.openGet()
	}
}

// pressOtherWays opens the menu on the stage.
func pressOtherWays(u *UI) {
	walk(u.page.stage.object, func(o fyne.CanvasObject) bool {
		if b, ok := o.(*widgets.Button); ok && b.Text == words.L("Other ways") {
			b.OnTapped()
		}
		return true
	})
}

// showTrouble opens the sheet that says why a phone cannot connect: its question, its look, or what it has found.
func showTrouble(u *UI, name string) {
	t := &trouble{ui: u}
	t.open()
	switch name {
	case "trouble":
		t.ask()
	case "trouble looking":
		t.look(doctor.ShowsApp)
	default:
		t.show(diagnosisOf(name))
	}
}

// troubles are the scenes of that sheet.
func troubles() []string {
	list := []string{"trouble", "trouble looking"}
	for _, cause := range doctor.Causes() {
		list = append(list, "trouble "+string(cause))
	}
	return list
}

// diagnosisOf is what the scene of a cause shows.
func diagnosisOf(name string) doctor.Diagnosis {
	_, cause, _ := strings.Cut(name, " ")
	d := doctor.Of(doctor.Cause(cause), map[string]string{
		"URL": "http://192.168.1.20:8717", "Name": "Anna's laptop", "Server": "LM Studio", "Host": "modelbeam-c53c.local", "Minutes": "7",
		"Detail": "https://chat.example.org", "Listen": "192.168.1.20:8717", "Address": "10.0.7.5", "Used": "192.168.1.20",
	})
	switch d.Cause {
	case doctor.FirewallUFW:
		d.Command = "sudo ufw allow 8717/tcp"
	case doctor.Inconclusive:
		d = doctor.Diagnose(doctor.Facts{Shows: doctor.ShowsUnreachable, Signs: doctor.Signs{Known: true, Lost: 9}})
	}
	return d
}

// scenes are the states that each need a look of their own, by name, as they are now.
func scenes() map[string]app.State { return scenesAt(time.Now()) }

func scenesAt(now time.Time) map[string]app.State {
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
		Advice: "The old file was kept as {{.File}}; default settings are in use.",
		Action: "OK", Params: map[string]string{"File": "settings.json.broken-20260504"}, Detail: "settings.json: invalid character 'x'",
	}
	offline := bare(app.Offline)
	offline.Problem = &app.Problem{
		Kind:   app.ProblemOffline,
		Title:  "No network found.",
		Advice: "Connect this computer to your Wi-Fi, and the code appears here.",
	}
	selfAssigned := bare(app.Offline)
	selfAssigned.Problem = &app.Problem{
		Kind:   app.ProblemOffline,
		Title:  "This computer got no address from the network.",
		Advice: "Turn its Wi-Fi off and on again. If that does not help, restart the router.",
	}
	addressGone := bare(app.Offline)
	addressGone.Problem = &app.Problem{
		Kind:   app.ProblemAddressGone,
		Title:  "This computer no longer has the address {{.Old}}.",
		Advice: "It now has {{.New}}. Start Modelbeam again without a fixed address, and it will adapt to such changes.",
		Params: map[string]string{"Old": "192.168.7.20", "New": "192.168.7.77"},
	}
	locked := sharing
	locked.Servers = []app.Server{{ID: "vllm", Kind: "vllm", Name: "vLLM", URL: "http://127.0.0.1:8000", Online: true, NeedsKey: true}}
	locked.Problem = &app.Problem{
		Kind:   app.ProblemWantsKey,
		Title:  "{{.Name}} needs a key.",
		Advice: "Phones can use its models once Modelbeam has it.",
		Action: "Enter key…", Remedy: app.EnterKey,
		Params: map[string]string{"Name": "vLLM", "ID": "vllm", "URL": "http://127.0.0.1:8000"}, Terminal: "Give it with --server-key {{.ID}}=KEY.",
	}
	container := bare(app.Offline)
	container.Problem = &app.Problem{
		Kind:     app.ProblemOffline,
		Title:    "Phones cannot reach this container.",
		Advice:   "Run it with the computer's own network.",
		Terminal: "Or name an address that leads into it with --advertise ADDRESS.",
	}
	twoIlls := offline
	twoIlls.Problem = reset.Problem
	loading := sharing
	loading.Servers = []app.Server{{ID: "llamacpp", Kind: "llamacpp", Name: "llama.cpp", Online: true, Loading: true}}
	loading.Hints = []app.Hint{{Kind: "loading", Name: "llama.cpp", Text: "{{.Name}} is loading its model. Phones can use it once that is done."}}
	unread := withPhones(sharing, now, 0)
	unread.Problem = &app.Problem{
		Title:  "The list of phones cannot be read at the moment.",
		Advice: "{{.File}} belongs to the user {{.Owner}}. Take back ownership of it, and everything will work as before.",
		Action: "Try again", Params: map[string]string{"File": "/home/anna/.config/modelbeam/devices.json", "Owner": "root"}, Detail: "permission denied",
	}
	failed := bare(app.Failed)
	failed.Problem = portProblem()
	long := withPhones(sharing, now, 1)
	long.Name = "客厅里的电脑 – the one with the very long name that nobody ever types again"
	long.Servers = slices.Clone(long.Servers)
	long.Servers[0].Name = "A server with quite a long name of its own"
	long.Devices[0].Name = "Samsung Galaxy S26 Ultra Enterprise Edition of the whole family, kitchen"
	long.Devices[1].Name = "小明的手机 📱"
	long.Pairing.URL, long.Pairing.Code = "http://192.168.178.120:28717/#c=WWWW-MMMM", "WWWW-MMMM"
	noModel := withOffers(sharing)
	noModel.Hints = []app.Hint{{Kind: "no-model", Name: "Ollama", Text: "{{.Name}} has no model yet. Download one there."}}
	hidden := sharing
	hidden.Servers = []app.Server{{ID: "ollama", Kind: "ollama", Name: "Ollama", Online: true, Models: []string{"llama3.2:3b"}, Hidden: true}}
	first := paired
	first.Devices = paired.Devices[:1]
	after := first
	after.JustPaired = ""
	hints := demo
	hints.Hints = []app.Hint{
		{Kind: "ollama-not-running", Name: "Ollama", Text: "{{.Name}} is installed but not running.", Action: "Start {{.Name}}"},
		{Kind: "lmstudio-server-off", Name: "LM Studio", Text: "{{.Name}} is open, but phones cannot use it yet.", Action: "Turn it on"},
		{Kind: "no-model", Name: "Jan", Text: "{{.Name}} has no model yet. Download one there."},
	}
	gone := demo
	gone.Downloads = withDownloads(sharing, "waiting").Downloads
	startAgain := demo
	startAgain.Downloads, startAgain.Hints = withDownloads(sharing, "half").Downloads, hints.Hints[:2]
	serverOff := demo
	serverOff.Hints = hints.Hints[1:2]
	silent := demo
	silent.Servers = []app.Server{{ID: "studio.local:1234", Kind: "unknown", Name: "studio.local:1234", Manual: true}, demoServer()}
	stranger := demo
	stranger.Servers = []app.Server{{ID: "vllm-ben", Kind: "vllm", Name: "vLLM", Online: true, User: "ben", Hidden: true}, demoServer()}
	stranger.Hints = []app.Hint{{Kind: "other-user", Name: "vLLM", Text: "{{.Name}} belongs to another user of this computer. Share it only if you trust them."}}
	guest := withPhones(sharing, now, 0)
	guest.Pairing.Guest = &app.Guest{Until: tonight(now), Models: []string{"qwen3:8b"}, Requests: 20, Left: 20}
	switched, unswitched := withPhones(sharing, now, 2), sharing
	switched.Login.State, switched.Update = autostart.On, &app.Update{}
	switched.Awake = app.Awake{Held: true, For: []string{"Anna's iPhone"}, Plugged: true}
	unswitched.Login.State = autostart.Blocked
	unswitched.Awake = app.Awake{For: []string{"Anna's iPhone"}, WhyNot: awake.LowBattery}
	lid := withPhones(sharing, now, 2)
	lid.Hints = []app.Hint{{Kind: "closed-lid", Name: "Modelbeam", Text: "{{.Name}} keeps this computer awake for phones, but only while its lid is open.", Action: "OK"}}
	ended := bare(app.Failed)
	ended.Problem = app.ServiceEnded(nil)
	otherVersion := bare(app.Failed)
	otherVersion.Problem = app.OtherVersion(errors.New("0.1.0 is running, and this window is of 0.2.0"))
	moved := withPhones(sharing, now, 0)
	moved.Problem = &app.Problem{
		Kind:   app.ProblemMoved,
		Title:  "This computer has a new address.",
		Advice: "It was {{.Old}} and is now {{.New}}. If a phone cannot find it, scan the code again.",
		Action: "OK", Params: map[string]string{"Old": "192.168.1.17", "New": "192.168.1.20"},
	}
	moved.Devices[1].OldAddress = "192.168.1.17"
	twoNetworks := sharing
	twoNetworks.Addresses = []app.Address{
		{IP: "192.168.1.20", Interface: "wlan0", Chosen: true, Likely: true}, {IP: "10.0.7.5", Interface: "eth0", Likely: true}, {IP: "100.64.0.9", Interface: "tailscale0"},
	}
	waiting := sharing
	waiting.Waiting = true
	return map[string]app.State{
		"demo tried":        demo,
		"other ways":        demo,
		"installed":         hints,
		"hints":             hints,
		"no model":          noModel,
		"coming":            withDownloads(withOffers(sharing), "coming"),
		"not coming":        gone,
		"to start again":    startAgain,
		"server off":        serverOff,
		"does not answer":   silent,
		"not mine":          stranger,
		"stuck":             withDownloads(withOffers(sharing), "stuck"),
		"hidden":            hidden,
		"first phone":       first,
		"first phone after": after,
		"waiting":           waiting,
		"two networks":      twoNetworks,
		"moved":             moved,
		"all phones":        withAllPhones(sharing, now),
		"30 phones":         withManyPhones(sharing, now),
		"invite":            withPhones(sharing, now, 0),
		"invite some":       withManyServers(sharing),
		"guest":             guest,
		"usage 0":           withPhones(sharing, now, 0),
		"usage 1":           withUsage(withPhones(sharing, now, 0), now, 1, 1),
		"usage 30":          withUsage(withAllPhones(sharing, now), now, 30, 3),
		"usage 12":          withUsage(withManyPhones(sharing, now), now, 30, 12),
		"long":              long,
		"searching":         bare(app.Searching),
		"empty":             bare(app.Empty),
		"sharing":           sharing,
		"phones":            withPhones(sharing, now, 0),
		"paired":            paired,
		"answering":         withPhones(sharing, now, 2),
		"paused":            paused,
		"offline":           offline,
		"two ills":          twoIlls,
		"no address":        selfAssigned,
		"address out":       addressGone,
		"locked":            locked,
		"container":         container,
		"failed":            failed,
		"reset":             reset,
		"loading":           loading,
		"unreadable":        unread,
		"details":           withPhones(sharing, now, 0),
		"settings":          switched,
		"settings off":      unswitched,
		"closed lid":        lid,
		"ended":             ended,
		"other beam":        otherVersion,
		"news asked":        withUpdate(app.Update{Ask: true}),
		"news told":         withUpdate(app.Update{On: true, Version: "1.3.0", Page: "https://example.org/releases"}),
		"news offered":      withUpdate(app.Update{On: true, Version: "1.3.0", Page: "https://example.org/releases", Install: true}),
		"news coming":       withUpdate(app.Update{On: true, Version: "1.3.0", Page: "https://example.org/releases", Install: true, Installing: true}),
		"news failed":       withUpdate(app.Update{On: true, Version: "1.3.0", Page: "https://example.org/releases", Install: true, Failed: "disk full"}),
		"get":               withOffers(bare(app.Empty)),
		"get coming":        withDownloads(sharing, "coming"),
		"get paused":        withDownloads(sharing, "paused"),
		"get failed":        withDownloads(sharing, "failed"),
		"get done":          withDownloads(sharing, "done"),
		"get many":          withDownloads(withOffers(sharing), "coming", "checking", "waiting", "paused", "failed"),
		"get page":          withPage(bare(app.Empty)),
		"models":            sharing,
		"models 0":          bare(app.Empty),
		"models 5":          withManyServers(sharing),
	}
}

// withManyServers has one server of every sort, and 60 models in one of them.
func withManyServers(s app.State) app.State {
	s.Servers = slices.Clone(s.Servers)
	s.Servers[0].Models, s.Servers[0].HiddenModels = []string{"llama3.2:3b", "qwen3:8b"}, []string{"gemma3:4b"}
	s.Servers[1].Hidden = true
	many := app.Server{
		ID: "gpustack", Kind: "openai", Name: "GPUStack", URL: "https://gpu.example.org/v1", Manual: true, Online: true,
		Models: []string{"hf.co/bartowski/DeepSeek-R1-Distill-Qwen-32B-GGUF-with-a-name-longer-than-any-window-is-wide:Q4_K_M"},
	}
	for i := range 59 {
		many.Models = append(many.Models, fmt.Sprintf("model-%02d", i))
	}
	s.Servers = append(s.Servers,
		app.Server{ID: "vllm", Kind: "openai", Name: "vLLM", URL: "http://192.168.1.30:8000", Manual: true, NeedsKey: true, Online: true},
		app.Server{ID: "192.168.1.31:11434", Kind: "unknown", Name: "192.168.1.31:11434", URL: "http://192.168.1.31:11434", Manual: true},
		app.Server{
			ID: "ollama-2", Kind: "ollama", Name: "Ollama", URL: "http://127.0.0.1:11500", Online: true,
			Models: []string{"gpt-oss:120b-cloud"}, CloudModels: map[string]string{"gpt-oss:120b-cloud": "ollama.com"},
		},
		app.Server{ID: "llamacpp", Kind: "llamacpp", Name: "llama.cpp", URL: "http://127.0.0.1:8080", Online: true, Loading: true},
		app.Server{ID: "vllm-ben", Kind: "vllm", Name: "vLLM", URL: "http://127.0.0.1:8000", Online: true, User: "ben", Hidden: true},
		many, demoServer())
	return s
}

// tonight is the end of the day.
func tonight(now time.Time) time.Time {
	year, month, day := now.Date()
	return time.Date(year, month, day+1, 0, 0, 0, 0, now.Location())
}

// withAllPhones has one phone of every sort.
func withAllPhones(s app.State, now time.Time) app.State {
	hour := func(ago int) time.Time { return now.Add(-time.Duration(ago) * time.Hour) }
	s.Devices = []app.Device{
		{ID: "p1", Name: "Anna's iPhone", LastSeen: now, Active: 1, Model: "llama3.2:3b", Tokens: 412, Today: app.Usage{Requests: 13}},
		{ID: "p2", Name: "iPad · Safari", LastSeen: now, Active: 2, Model: "hf.co/bartowski/DeepSeek-R1-Distill-Qwen-32B-GGUF:Q4_K_M", Tokens: 12412},
		{ID: "p3", Name: "Tablet", LastSeen: hour(2), Today: app.Usage{Requests: 12}},
		{ID: "p4", Name: "Ben's phone", LastSeen: hour(1), Paused: true},
		{ID: "p5", Name: "Carla (guest)", LastSeen: hour(1), Guest: &app.Guest{Until: tonight(now), Requests: 20, Left: 13}},
		{ID: "p6", Name: "Dan", LastSeen: hour(1), Guest: &app.Guest{Until: tonight(now).Add(90 * time.Minute), Models: []string{"qwen3:8b"}}},
		{ID: "p7", Name: "Eve", LastSeen: hour(26), Guest: &app.Guest{Until: hour(1), Requests: 10, Left: 3}},
		{ID: "p8", Name: "小明的手机 📱", LastSeen: hour(3), OldAddress: "192.168.1.17"},
		{ID: "p9", Name: "Samsung Galaxy S26 Ultra Enterprise Edition of the whole family, kitchen", LastSeen: hour(100)},
		{ID: "p10", Name: "New phone"},
	}
	for i := range s.Devices {
		s.Devices[i].Paired = now.AddDate(0, 0, -40*i)
	}
	return s
}

func withManyPhones(s app.State, now time.Time) app.State {
	for i := range 30 {
		s.Devices = append(s.Devices, app.Device{
			ID: fmt.Sprint("p", i+1), Name: fmt.Sprintf("Phone %d", i+1),
			LastSeen: now.Add(-time.Duration(i) * 50 * time.Minute), Today: app.Usage{Requests: 30 - i},
		})
	}
	return s
}

// withUsage has used so many models on so many days, the last of them today.
func withUsage(s app.State, now time.Time, days, models int) app.State {
	for ago := days - 1; ago >= 0; ago-- {
		if days > 1 && (ago == 11 || ago == 20) {
			continue // nobody used it
		}
		for i := range models {
			asked := 1 + (ago*7+i*5)%13
			s.Usage = append(s.Usage, usage.Row{
				Day: now.AddDate(0, 0, -ago).Format(time.DateOnly), Device: s.Devices[(ago+i)%len(s.Devices)].ID, Model: modelNamed(i),
				Requests: asked, Tokens: asked * 371 * (models - i) * models,
			})
		}
	}
	return s
}

func modelNamed(i int) string {
	names := []string{"llama3.2:3b", "qwen3:8b", "hf.co/bartowski/DeepSeek-R1-Distill-Qwen-32B-GGUF:Q4_K_M", "gemma3:4b"}
	if i < len(names) {
		return names[i]
	}
	return fmt.Sprint("model-", i)
}

// bare is a state without servers, code and phones.
func bare(p app.Phase) app.State {
	return app.State{Phase: p, Name: "Anna's laptop", Version: "0.1.0", Listen: "[::]:8717"}
}

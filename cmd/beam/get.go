package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"modelbeam/app"
	"modelbeam/app/control"
	"modelbeam/app/download"
	"modelbeam/app/plain"
	"modelbeam/app/words"
)

// getVerbs are what beam get can do to a download besides beginning it and going on with it.
var getVerbs = map[string]func(l *control.Link, id string){
	"pause":  (*control.Link).PauseDownload,
	"cancel": (*control.Link).CancelDownload,
}

// runGet is beam get: it has the running Modelbeam download a model, and shows how far that is.
func runGet(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var o app.Options
	said, err := parse("beam get", &o, args, stderr)
	if err != nil {
		return err
	}
	do := func(_ context.Context, l *control.Link) error { return listOffers(l.State(), printer{stdout, o.JSON}) }
	switch {
	case len(said) == 1:
		do = func(ctx context.Context, l *control.Link) error {
			return get(ctx, l, said[0], newProgress(stdout, o.JSON))
		}
	case len(said) == 2 && getVerbs[said[0]] != nil:
		do = func(ctx context.Context, l *control.Link) error {
			return change(ctx, l, said[0], said[1], printer{stdout, o.JSON})
		}
	case len(said) > 0:
		return errors.New("usage: beam get [MODEL | pause MODEL | cancel MODEL]")
	}
	return withService(ctx, o, do)
}

// withService does something with the Modelbeam that runs with the state folder.
func withService(ctx context.Context, o app.Options, do func(context.Context, *control.Link) error) error {
	link, err := control.Open(ctx, control.Options{Dir: o.StateDir, Role: control.RoleTerminal})
	if errors.Is(err, control.ErrNotRunning) {
		return errors.New("no Modelbeam is running: start it, or run beam in another terminal, and try again")
	}
	if err != nil {
		return err
	}
	running, end := context.WithCancelCause(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		end(cmp.Or(link.Run(running), control.ErrEnded))
	}()
	err = do(running, link)
	end(nil)
	<-ended
	if ctx.Err() != nil {
		return nil // the person knows, and the download goes on without us
	}
	return err
}

// listOffers prints what fits this computer, and what is on its way.
func listOffers(s app.State, p printer) error {
	if p.json {
		return listForScripts(s, p)
	}
	for _, d := range s.Downloads {
		if err := plain.Printf(p.out, "%s: %s\n", words.ModelName(d.Model), how(d)); err != nil {
			return err
		}
	}
	if len(s.Offers) == 0 {
		return plain.Printf(p.out, "%s\n", noOffers(s))
	}
	for _, o := range s.Offers {
		sees := ""
		if o.Sees {
			sees = ", " + words.L("sees pictures")
		}
		if err := plain.Printf(p.out, "%-16s %8s  %s%s\n", o.Model, words.Bytes(o.Bytes), words.Offered(o), sees); err != nil {
			return err
		}
	}
	return p.sentence(words.L("Get one with: {{.Command}}", words.Values{"Command": "beam get " + s.Offers[0].Model}))
}

// getter is the ID of the first server that can download models; empty where there is none.
func getter(s app.State) string {
	i := slices.IndexFunc(s.Servers, func(srv app.Server) bool { return srv.Online && srv.Gets })
	if i < 0 {
		return ""
	}
	return s.Servers[i].ID
}

// noOffers says why there is nothing to choose from.
func noOffers(s app.State) string {
	for _, srv := range s.Servers {
		switch {
		case srv.Online && srv.Gets:
			return words.L("Any model that {{.Server}} knows can be had by its name: {{.Command}}", words.Values{"Server": srv.Name, "Command": "beam get MODEL"})
		case srv.Online && srv.ModelsPage != "":
			return words.L("{{.Server}} gets its models itself: {{.Address}}", words.Values{"Server": srv.Name, "Address": srv.ModelsPage})
		}
	}
	return words.L("No AI app is running on this computer that could get a model. Start Ollama. It is found by itself.")
}

func listForScripts(s app.State, p printer) error {
	for _, d := range s.Downloads {
		if err := p.object(app.Event{Event: "download", Time: time.Now().UTC(), Detail: d}); err != nil {
			return err
		}
	}
	for _, o := range s.Offers {
		if err := p.object(app.Event{Event: "offer", Time: time.Now().UTC(), Detail: o}); err != nil {
			return err
		}
	}
	return nil
}

// find is the newest download of a model.
func find(s app.State, model string) (app.Download, bool) {
	for _, d := range slices.Backward(s.Downloads) {
		if d.Model == download.Named(model) {
			return d, true
		}
	}
	return app.Download{}, false
}

// change does one of getVerbs to the download of a model, and returns when that has an effect.
func change(ctx context.Context, l *control.Link, verb, model string, p printer) error {
	d, ok := find(l.State(), model)
	if !ok {
		return fmt.Errorf("%q is not being downloaded", model)
	}
	getVerbs[verb](l, d.ID)
	err := follow(ctx, l, func(s app.State) bool {
		now, there := find(s, model)
		return !there || verb == "pause" && !now.Running()
	})
	switch {
	case err != nil || p.json:
		return err
	case verb == "pause":
		return p.sentence(words.L("Paused. Go on with: {{.Command}}", words.Values{"Command": "beam get " + words.ModelName(d.Model)}))
	}
	return p.sentence(words.L("Cancelled. What has come so far stays on the disk until the AI app is started again."))
}

// get begins a download or goes on with it, and follows it to its end.
func get(ctx context.Context, l *control.Link, model string, show *progress) error {
	from := getter(l.State())
	if from == "" {
		return errors.New(noOffers(l.State()))
	}
	defer show.end()
	before, _ := find(l.State(), model)
	l.GetModel(from, model)
	var last app.Download
	err := follow(ctx, l, func(s app.State) bool {
		d, ok := find(s, model)
		if !ok || d.ID == before.ID && d.Asked == before.Asked {
			return false // it has not heard of us yet
		}
		last = d
		show.show(d)
		return !d.Running()
	})
	if err == nil && last.Phase != download.Done {
		return errTrouble // it has been said
	}
	return err
}

// follow waits for a State for which ok holds; ok is called by one goroutine at a time.
func follow(ctx context.Context, l *control.Link, ok func(app.State) bool) error {
	found := make(chan struct{})
	over := sync.OnceFunc(func() { close(found) })
	defer l.Watch(func(s app.State) {
		select {
		case <-found: // the rest is nobody's business any more
		default:
			if ok(s) {
				over()
			}
		}
	})()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-found:
		return nil
	}
}

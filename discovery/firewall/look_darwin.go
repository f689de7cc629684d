package firewall

import (
	"context"
	"os/exec"
	"sync"
	"time"
)

// look asks Apple's command, which answers everybody.
func look(ctx context.Context, p Program) []Finding {
	var a applicationFirewall
	paths := appPaths(p)
	a.app = make([]string, len(paths))
	var asking sync.WaitGroup
	asking.Go(func() { a.global = ask(ctx, "--getglobalstate") })
	asking.Go(func() { a.blockAll = ask(ctx, "--getblockall") })
	asking.Go(func() { a.apps = ask(ctx, "--listapps") })
	for i, path := range paths {
		asking.Go(func() { a.app[i] = ask(ctx, "--getappblocked", path) })
	}
	asking.Wait()
	return []Finding{a.finding(p)}
}

// ask returns what the command prints, also where it fails: it says so in words.
func ask(ctx context.Context, args ...string) string {
	cmd := exec.CommandContext(ctx, socketFilter, args...)
	cmd.WaitDelay = 100 * time.Millisecond
	text, _ := cmd.CombinedOutput()
	return string(text)
}

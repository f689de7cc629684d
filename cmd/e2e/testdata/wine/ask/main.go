// Command ask has the service of this user start at login, or not any more, as the switch in the window
// does: ask on, ask off. It prints what came of it.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"modelbeam/app"
	"modelbeam/app/autostart"
	"modelbeam/app/control"
)

func main() {
	if err := ask(os.Args[1] == "on"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func ask(on bool) error {
	settings, err := os.UserConfigDir()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	link, err := control.Open(ctx, control.Options{Dir: filepath.Join(settings, "modelbeam"), Role: control.RoleTerminal})
	if err != nil {
		return err
	}
	changed := make(chan app.State, 1)
	defer link.Watch(func(s app.State) {
		if (s.Login.State == autostart.On) == on {
			select {
			case changed <- s:
			default:
			}
		}
	})()
	go link.Run(ctx)
	link.StartAtLogin(on)
	select {
	case s := <-changed:
		fmt.Println(s.Login.State)
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

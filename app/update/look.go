package update

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"time"

	"modelbeam/app/settings"
)

// look gets the list and shows what is new in it. What is wrong goes to the log: the person has lost nothing.
func (u *Updater) look(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	u.mu.Lock()
	u.cancel, u.tried = cancel, time.Now()
	u.mu.Unlock()
	if !u.wanted() {
		return // decided while we came here
	}
	p, err := fetchList(ctx, u.o.Source)
	l := List{}
	if err == nil {
		l, err = u.judge(p)
	}
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		u.o.Log.Warn("look for a new version", "error", err)
		return
	}
	u.mu.Lock()
	u.tried = time.Time{}
	u.mu.Unlock()
	u.settings.Change(func(s *settings.Settings) { s.LastLook = time.Now().UTC().Truncate(time.Second) })
	if err := p.keep(u.o.Folder); err != nil {
		u.o.Log.Warn("keep the list of the new version", "error", err) // it is fetched again
	}
	u.offer(l)
}

// judge reads a list and refuses what would be a step back.
func (u *Updater) judge(p published) (List, error) {
	l, err := read(u.o.Source.Keys, p.list, p.signature, time.Now())
	if err == nil && newer(u.o.Version, l.Version) {
		err = fmt.Errorf("its version %s is older than this one", l.Version)
	}
	if err != nil {
		return List{}, fmt.Errorf("the list was refused: %w", err)
	}
	return l, nil
}

// remember offers again what was found before this start, and removes what an update has left. It asks nobody.
func (u *Updater) remember() {
	p, err := kept(u.o.Folder)
	_ = os.RemoveAll(u.o.Folder)
	if err != nil || !u.wanted() {
		return
	}
	if l, err := u.judge(p); err == nil && p.keep(u.o.Folder) == nil {
		u.offer(l)
	}
}

// offer shows a version if it is a newer one.
func (u *Updater) offer(l List) {
	if !newer(l.Version, u.o.Version) {
		return
	}
	_, known := ways[u.o.Channel]
	_, has := l.Files[fileKey(u.o.Channel, runtime.GOARCH)]
	u.o.Log.Info("there is a new version", "version", l.Version)
	u.show(func(v *View) {
		u.list = l
		*v = View{Version: l.Version, Page: u.o.Source.Page, Install: known && has}
	})
}

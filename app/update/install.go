package update

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// idleEvery is how often we look whether phones are being answered, while that is in the way.
const idleEvery = 2 * time.Second

// replace downloads the version that is offered and puts it in place of this one.
func (u *Updater) replace(ctx context.Context) {
	u.mu.Lock()
	l, can := u.list, u.view.Install
	u.mu.Unlock()
	if !can {
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	u.mu.Lock()
	u.cancel = cancel
	u.mu.Unlock()
	if !u.wanted() {
		return // decided while we came here
	}
	u.show(func(v *View) { v.Installing, v.Err = true, nil })
	err := u.apply(ctx, l)
	if ctx.Err() != nil {
		err = nil // nobody wants it any more
	}
	if err != nil {
		u.o.Log.Error("install a new version", "version", l.Version, "error", err)
	}
	u.show(func(v *View) { v.Installing, v.Err = false, err })
}

// apply returns when the new version is in place, and the service is on its way out or the installer at work. What
// it downloads is deleted again when it fails.
func (u *Updater) apply(ctx context.Context, l List) error {
	w, f := ways[u.o.Channel], l.Files[fileKey(u.o.Channel, runtime.GOARCH)]
	if time.Now().After(l.Expires) {
		return errors.New("the list is too old by now")
	}
	if err := os.MkdirAll(u.o.Folder, 0o700); err != nil {
		return err
	}
	folder, err := w.folder(u.o.Folder)
	if err != nil {
		return err
	}
	path := filepath.Join(folder, f.Name+".new"+filepath.Ext(f.Name))
	_ = os.Remove(path) // what an earlier try has left
	if err := download(ctx, u.o.Source, f, path, 0o700); err != nil {
		return err
	}
	if err := u.awaitIdle(ctx); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	if err := w.apply(ctx, path); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	u.o.Log.Info("the new version is in place", "version", l.Version)
	if !w.restarts {
		u.o.Restart()
	}
	return nil
}

// awaitIdle waits until no phone is being answered.
func (u *Updater) awaitIdle(ctx context.Context) error {
	for u.o.Busy() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(idleEvery):
		}
	}
	return nil
}

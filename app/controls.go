package app

import (
	"path/filepath"
	"regexp"
	"slices"

	"modelbeam/app/download"
	"modelbeam/app/settings"
	"modelbeam/app/update"
	"modelbeam/discovery/llm"
)

// These are the buttons of the screens that belong to one part each.

// ShowCode tells whether somebody can see the pairing code. It lives only while somebody can:
// a code in a hidden window only waits to be guessed. Servers are looked for less often then.
func (c *Controller) ShowCode(visible bool) {
	if visible {
		c.computer.look() // a person who comes back may have changed it
	}
	c.doctor.Shown(visible) // before a phone can come to the code
	c.invitations.show(visible)
	c.servers.setCalm(!visible)
}

// Invite makes pairing codes for guests, until it is called with the zero Invitation. Codes
// shown before are void: they promised something else.
func (c *Controller) Invite(i Invitation) { c.invitations.invite(i) }

// UseAddress puts the address ip of this machine into the QR code; empty means the best one. The choice
// is of the interface and its network: it holds when the router gives us another address there.
func (c *Controller) UseAddress(ip string) { c.reach.Use(ip) }

// RemoveDevice takes a device's key away; its running answers end.
func (c *Controller) RemoveDevice(id string) { c.presence.remove(id) }

// RenameDevice calls a device by another name.
func (c *Controller) RenameDevice(id, name string) { c.presence.rename(id, name) }

// PauseDevice lets nothing of a device through until it is called again with false; its running
// answers end.
func (c *Controller) PauseDevice(id string, paused bool) { c.presence.pause(id, paused) }

// AddServer shares the server at rawURL, on this machine or another; key is what it wants, or
// empty. It is in the State from now on, offline until it answers.
func (c *Controller) AddServer(rawURL, key string) {
	if u, err := settings.ParseServerURL(rawURL); err == nil { // the window has tested it
		c.shared.add(u, key)
	}
}

// RemoveServer forgets a server that was added by hand. What it is answering ends.
func (c *Controller) RemoveServer(id string) { c.shared.remove(id) }

// HideServer keeps all models of a server from phones, or shows them again. What a hidden
// server is answering ends.
func (c *Controller) HideServer(id string, hidden bool) { c.shared.hide(id, "", hidden) }

// HideModel keeps one model of a server from phones, or shows it again.
func (c *Controller) HideModel(serverID, model string, hidden bool) {
	c.shared.hide(serverID, model, hidden)
}

// MoveServer moves a server up (by -1) or down (by 1) in the order of preference: when two
// have the same model, the upper one answers.
func (c *Controller) MoveServer(id string, by int) { c.shared.move(id, by) }

// StartAtLogin has the system start Modelbeam when this user logs in, or not any more. Turning it on also takes
// back what the person turned off in a tool of the system.
func (c *Controller) StartAtLogin(on bool) { c.computer.startAtLogin(on) }

// StayAwake keeps the computer awake all the time that it is plugged in and sharing, or only for answers.
func (c *Controller) StayAwake(plugged bool) { c.computer.stayAwake(plugged) }

// isLanguage matches what looks like the tag of a language (RFC 5646).
var isLanguage = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$`).MatchString

// UseLanguage has the screens of this computer speak the language with this tag, or the system's if it is empty.
// Which ones there are is known to those who show something; what is no tag changes nothing.
func (c *Controller) UseLanguage(tag string) {
	if tag != "" && !isLanguage(tag) {
		return
	}
	c.settings.Change(func(s *settings.Settings) { s.Language = tag })
	c.news.changed()
}

// LookForUpdates says whether Modelbeam may look for new versions of itself, once a week.
func (c *Controller) LookForUpdates(on bool) { c.updates.Look(on) }

// InstallUpdate puts the new version that the State offers in place, once no phone is being answered.
func (c *Controller) InstallUpdate() { c.updates.Install() }

// GetModel has a server on this computer download a model, named as people write it. Where that is under way
// already, or was broken off, it goes on. Only who sits at this computer gets here: no phone can ask for it.
func (c *Controller) GetModel(serverID, model string) { c.downloads.Get(serverID, model) }

// PauseDownload stops a download until ResumeDownload, which also tries one again that has failed.
func (c *Controller) PauseDownload(id string)  { c.downloads.Pause(id) }
func (c *Controller) ResumeDownload(id string) { c.downloads.Resume(id) }

// CancelDownload stops a download and forgets it; one that is over is only forgotten.
func (c *Controller) CancelDownload(id string) { c.downloads.Cancel(id) }

// newDownloader makes what has models downloaded, and goes on with what was on its way.
func (c *Controller) newDownloader() *download.Downloader {
	return download.New(download.Options{
		Servers: c.getters, Arrived: c.servers.refresh, Changed: c.news.changed, Log: c.log,
		Tell: func(d Download) { c.news.event("download", d) },
		Save: func(entries []download.Entry) {
			if !slices.Equal(entries, c.settings.Get().Downloads) {
				c.settings.Change(func(s *settings.Settings) { s.Downloads = entries })
			}
		},
	}, c.settings.Get().Downloads)
}

// getters are the servers that can download models now.
func (c *Controller) getters() (all []download.Server) {
	told, _ := c.shared.current()
	for _, l := range told {
		if c.gets(l) {
			all = append(all, download.Server{
				ID: l.ID, Kind: l.Kind, Name: l.Name, URL: l.llm.URL, Key: l.key, Models: slices.Concat(l.Models, l.HiddenModels), OnDisk: onDisk(l.llm.Models),
			})
		}
	}
	return all
}

// onDisk is the first model that runs on this computer, or empty: to ask about any other goes out to the internet.
func onDisk(models []llm.Model) string {
	for _, m := range models {
		if m.Cloud == "" {
			return m.ID
		}
	}
	return ""
}

// gets says that we may have a server download models: it is there, it is nobody else's, and it can.
func (c *Controller) gets(l listing) bool {
	return l.Online && !l.NeedsKey && l.User == "" && c.downloads.Able(l.Kind, l.llm.URL)
}

// newUpdater makes what looks for new versions; nothing does in a build that does not know where.
func (c *Controller) newUpdater() *update.Updater {
	source, err := update.Built()
	if err != nil {
		c.log.Error("no new versions are looked for", "error", err)
	}
	return update.New(update.Options{
		Source: source, Channel: update.Channel, Version: Version, Folder: filepath.Join(c.opts.StateDir, "update"),
		Changed: c.news.changed, Restart: c.opts.Restart, Log: c.log,
		Busy: func() bool {
			return slices.ContainsFunc(c.State().Devices, func(d Device) bool { return d.Active > 0 })
		},
	}, c.settings)
}

// Package app is the core of Modelbeam: one Controller that finds the local LLM servers, opens
// the gateway in front of them, lets phones pair, and says all of it in one State. It knows
// nothing of windows and terminals: they render the State and call the Controller. What is in a State is
// made for them, as Guest is of a devices.Pass, so that neither the disk nor the gateway decides what is shown.
//
// The Controller is put together from parts, each with a lock of its own: servers (what is
// there), sharedServers (what of it phones may use), reach.Reach (how they reach us), invitations
// (the pairing code), presence (who is paired, and there), computer (not to sleep, and to start us), news (what
// is wrong, and who is told), doctor.Doctor (why a phone does not come), download.Downloader (models on their way), memory (how much of it the process keeps) and disk (what waits). What the gateway
// tells of requests is put down in observed, a queue, and acted on together. No part calls another with its
// lock held, but for sharedServers.listMu, invitations.mu and the queue's lock that keeps the order, which say
// what they are held over. No lock is held over the disk or the network.
package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"

	"modelbeam/app/devices"
	"modelbeam/app/doctor"
	"modelbeam/app/download"
	"modelbeam/app/feed"
	"modelbeam/app/memory"
	"modelbeam/app/reach"
	"modelbeam/app/secrets"
	"modelbeam/app/settings"
	"modelbeam/app/store"
	"modelbeam/app/update"
	"modelbeam/app/usage"
	"modelbeam/discovery/lan"
	"modelbeam/tunnel"
)

// Controller runs the product. Its methods may be called from any goroutine and return at
// once; what they lead to arrives as the next State.
type Controller struct {
	opts     Options
	log      *slog.Logger
	id       string // of this installation, for good
	settings *settings.Store
	devices  *devices.Store
	gateway  *tunnel.Gateway

	news        *news
	disk        *disk
	background  *background
	reach       *reach.Reach
	servers     *servers
	shared      *sharedServers
	invitations *invitations
	presence    *presence
	observed    *feed.Queue[tunnel.Exchange] // what the gateway tells
	memory      *memory.Keeper
	computer    *computer
	updates     *update.Updater
	downloads   *download.Downloader
	doctor      *doctor.Doctor

	listen func(ctx context.Context, network, address string) (net.Listener, error) // but in tests, net's
	paused atomic.Bool
	retry  chan struct{} // wakes keepListening: try to open the gateway again
}

// New makes a Controller for the state folder of o. Files there that make no sense are set
// aside, and those that cannot be read are tried again; the State tells of both.
func New(o Options, log *slog.Logger) *Controller { return newController(o, log, store.Save) }

// newController makes a Controller whose settings are written by save.
func newController(o Options, log *slog.Logger, save func(path string, v any) error) *Controller {
	c := &Controller{
		opts: o, log: log, gateway: new(tunnel.Gateway),
		news: newNews(log), background: newBackground(), retry: make(chan struct{}, 1),
		listen: new(net.ListenConfig).Listen,
	}
	ledger := c.load(save)
	remembered := c.settings.Get()
	c.id = remembered.ID
	c.disk = newDisk(c.settings, secrets.New(filepath.Join(o.StateDir, "keys.json")), c.news)
	c.reach = reach.New(reach.Options{Advertise: o.Advertise, Announce: !o.NoMDNS, ID: c.id}, c.settings, c.reachChanged, log)
	c.servers = newServers(o, remembered.ServerIDs, log, c.serversChanged)
	c.shared = &sharedServers{log: log, news: c.news, disk: c.disk, settings: c.settings, servers: c.servers, gateway: c.gateway}
	c.shared.addRemembered()
	c.invitations = newInvitations(o.Guest, c.open, c.news.changed)
	c.presence = newPresence(&presence{
		log: log, news: c.news, disk: c.disk, reach: c.reach, devices: c.devices, usage: ledger,
		gateway: c.gateway, minted: c.invitations.claim,
	})
	c.observed, c.memory = feed.NewQueue(c.observe), memory.New()
	c.computer = newComputer(&computer{log: log, news: c.news, settings: c.settings, gateway: c.gateway, open: c.open}, o.AtLogin)
	c.updates, c.doctor, c.downloads = c.newUpdater(), c.newDoctor(), c.newDownloader()
	c.equip(slices.Concat(o.Origins, remembered.Origins), remembered.DisplayName())
	return c
}

// equip gives the gateway what it needs of us.
func (c *Controller) equip(origins []string, name string) {
	names := c.reach.HostNames()
	g := c.gateway
	g.Name, g.ID, g.Origins, g.Logger = name, c.id, origins, c.log
	g.Keys, g.Pair, g.Prove = keyring{c.devices}, c.pair, c.devices.Prove
	g.HandOver, g.Redeem = c.handOver, c.redeem
	g.Spend, g.Refund = c.presence.spend, c.presence.refund
	g.Local, g.Hosts, g.Networks = c.reach.LocalURL, func() []string { return names }, reach.NewNetworks(c.log).Current
	g.URLs = func() []string { return c.reach.View().URLs }
	g.Refresh, g.ServerWantsKey = c.servers.refresh, c.shared.wantsKey
	g.Observe, g.Encrypted = c.observed.Tell, c.encrypted
}

// load reads what the state folder remembers. What cannot be read or understood is told, and
// Modelbeam starts without it.
func (c *Controller) load(save func(path string, v any) error) *usage.Ledger {
	var err error
	c.settings, err = settings.Open(c.opts.StateDir, save)
	c.news.early(settingsProblem(err))
	c.devices, err = devices.Open(DevicesPath(c.opts.StateDir))
	if err != nil {
		err = c.devices.Mend()
	}
	c.news.early(devicesProblem(err))
	ledger, err := usage.Open(UsagePath(c.opts.StateDir))
	if broken, ok := errors.AsType[*store.BrokenError](err); ok {
		err = errors.Join(err, broken.SetAside())
	}
	if err != nil {
		c.log.Warn("read what phones did so far", "error", err) // nobody needs it to go on
	}
	return ledger
}

// Run does everything until ctx ends, and returns when all of it has ended. It is called once.
func (c *Controller) Run(ctx context.Context) {
	c.news.tellEarly()
	writing, written := context.WithCancel(context.WithoutCancel(ctx))
	var writer, all sync.WaitGroup
	writer.Go(func() { c.settings.Run(writing, c.settingsWritten) })
	for _, part := range []func(context.Context){
		c.servers.run, c.reach.Watch, c.reach.Announce, c.invitations.keep, c.observed.Run, c.memory.Run, c.presence.keepCounting, c.presence.keep,
		c.disk.run, c.computer.run, c.updates.Run, c.doctor.Run, c.downloads.Run, func(ctx context.Context) { c.devices.Watch(ctx, c.presence.read) },
	} {
		all.Go(func() { part(ctx) })
	}
	c.keepListening(ctx)
	c.background.end()
	all.Wait()
	c.observed.Look()
	c.presence.save()
	written() // after all that may change the settings
	writer.Wait()
}

// Pause ends all running answers and lets nothing through until Resume.
func (c *Controller) Pause() { c.setPaused(true) }

// Resume lets phones in again.
func (c *Controller) Resume() { c.setPaused(false) }

func (c *Controller) setPaused(paused bool) {
	c.gateway.SetPaused(paused)
	c.paused.Store(paused)
	c.reach.SetPaused(paused)
	nudge(c.invitations.renew)
	c.computer.keeper.Nudge()
}

// open says whether phones are let in.
func (c *Controller) open() bool { return !c.paused.Load() && c.reach.View().Listen != "" }

// Retry tries again what the State's Problem is about, or takes note that the person read it.
func (c *Controller) Retry() {
	c.news.clear(ProblemSettingsReset, ProblemDevicesReset, ProblemNotStarted, ProblemGuessing, ProblemEncrypted, ProblemNotAtLogin)
	if c.news.wrong()[ProblemMoved] != nil {
		c.reach.DismissMove()
		c.news.clear(ProblemMoved)
	}
	nudge(c.retry)
	c.settings.Retry()
	c.disk.keyring.later(c.disk.saveSecrets)
	c.disk.list.later(c.presence.saveAgain)
}

// reachChanged tells the person why no phone can reach us, if none can.
func (c *Controller) reachChanged() {
	view := c.reach.View()
	var none, lost *Problem
	switch {
	case view.Gone != "":
		lost = addressGone(view.Gone, view.Newest())
	case !view.Reachable() && view.Missing != lan.NoReason:
		none = offline(view.Missing)
	}
	c.news.problem(ProblemAddressGone, lost)
	c.news.problem(ProblemOffline, none)
	c.presence.checkMoved()
	c.doctor.Coded(inCode(view))
	c.computer.keeper.Nudge() // we may be open only now
}

// serversChanged passes on that there may be other servers, or other models.
func (c *Controller) serversChanged() {
	c.shared.update()
	c.memory.Wake()
	c.downloads.ServersChanged()
}

// settingsWritten tells what came of writing the settings. Those that could only be read now, in place
// of what was there, are acted on.
func (c *Controller) settingsWritten(readNow bool, err error) {
	if !c.settings.Unread() {
		c.news.problem(ProblemSettingsUnread, nil)
	}
	c.disk.saved(err)
	if readNow {
		c.shared.addRemembered()
		c.shared.update()
		c.reach.Reread()
	}
}

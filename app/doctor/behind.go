package doctor

import "slices"

// online are the servers that answer and that phones may use.
func (f *Facts) online() (list []Server) {
	for _, s := range f.Servers {
		if s.Online && !s.Hidden {
			list = append(list, s)
		}
	}
	return list
}

// serversMatter says whether servers can be the reason: for a phone that has come, and where nobody complains of one that has not.
func (f *Facts) serversMatter() bool {
	_, came := f.came()
	return came && f.Shows != ShowsUnreachable && f.Shows != ShowsNothing || !f.troubled()
}

// noServer is a laptop without anything to share.
func noServer(f *Facts) verdict {
	if !f.serversMatter() || len(f.Servers) > 0 || f.Demo {
		return verdict{}
	}
	return verdict{level: sure, proof: "no server was found"}
}

// silent is a server that was added by hand and does not answer, with no other beside it.
func silent(f *Facts) verdict {
	if !f.serversMatter() || len(f.Servers) == 0 || slices.ContainsFunc(f.Servers, func(s Server) bool { return s.Online }) {
		return verdict{}
	}
	return aboutServer(f.Servers[0], "does not answer")
}

// gone is such a server that was there, as a phone has noticed.
func gone(f *Facts) verdict {
	if failed("no_server")(f).level == no {
		return verdict{}
	}
	return silent(f)
}

// allAre makes a check that holds when all servers that could answer have the same thing wrong with them.
func allAre(wrong func(Server) bool, proof string) func(*Facts) verdict {
	return func(f *Facts) verdict {
		list := f.online()
		if !f.serversMatter() || len(list) == 0 || slices.ContainsFunc(list, func(s Server) bool { return !wrong(s) }) {
			return verdict{}
		}
		return aboutServer(list[0], proof)
	}
}

func aboutServer(s Server, proof string) verdict {
	return verdict{
		level: sure, proof: s.ID + " " + proof,
		params: map[string]string{"Server": s.Name, "ID": s.ID, "ServerURL": s.URL},
	}
}

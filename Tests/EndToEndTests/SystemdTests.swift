import Foundation
import Testing

/// systemd is not process 1 where tests run. The unit is checked by systemd's own parser, and its lines are carried out
/// by a stand-in for systemctl. Not shown: restarts, boot, the journal, and what `Delegate=yes` gives.
@Suite(.serialized) struct `As a unit of systemd` {
  /// A mount namespace in which systemd seems to run. The stand-in starts `ExecStart` as systemd.service(5) reads it,
  /// and stops it as `KillMode=mixed` says: SIGTERM to the main process.
  private static let stage = #"""
    set -eu
    mount -t tmpfs stage /run; mkdir -p /run/systemd/system
    mount -t tmpfs units /etc/systemd/system
    mkdir /run/own
    cat > /run/own/systemctl <<'EOF'
    #!/usr/bin/env python3
    import os, shlex, signal, subprocess, sys, time
    print(*sys.argv[1:], file=open("/run/own/calls", "a"))
    verb, name = sys.argv[1], sys.argv[-1]
    if verb == "enable":
        line = next(l for l in open("/etc/systemd/system/" + name) if l.startswith("ExecStart="))
        words = [w.replace("%%", "%").replace("$$", "$") for w in shlex.split(line[len("ExecStart="):])]
        log = open("/run/own/log", "w")
        child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                                 umask=0o077, env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"})
        open("/run/own/main", "w").write(str(child.pid))
    if verb == "disable":
        main = int(open("/run/own/main").read())
        os.kill(main, signal.SIGTERM)
        while os.path.exists(f"/proc/{main}") and " Z " not in open(f"/proc/{main}/stat").read():
            time.sleep(0.05)
    EOF
    chmod 755 /run/own/systemctl
    mount --bind /run/own/systemctl /usr/bin/systemctl
    cordon=$1 spec=$2 state=$3
    "$cordon" up "$spec" --state "$state" --systemd
    unit=$(ls /etc/systemd/system)
    systemd-analyze verify "/etc/systemd/system/$unit"
    echo "verified $unit"
    "$cordon" exec --state "$state" lab-1 -- echo in
    "$cordon" status --state "$state" | grep -c "^lab-[12]"
    "$cordon" down --state "$state"
    ls /etc/systemd/system | wc -l
    cat /run/own/calls
    """#

  @Test(arguments: ["state", #"a $HOME 100% "quoted" \ state"#])
  func `its unit is valid, its lines start and stop the environment, and nothing is left`(name: String) throws
  {
    try #require(geteuid() == 0, "units are root's")
    try #require(
      FileManager.default.fileExists(atPath: "/usr/bin/systemd-analyze"), "apt-get install systemd")
    let place = try Place()
    let state = place.folder + "/" + name
    let said = try run(
      [
        "unshare", "--mount", "--propagation", "private", "bash", "-c", Self.stage, "stage",
        Cordon.executable,
        place.spec, state,
      ], seconds: 200)
    #expect(said.status == 0 && !said.complaint.contains("/etc/systemd/system/cordon"), "\(said)")
    let lines = said.text.split(separator: "\n").map(String.init)
    let verified = lines.first { $0.hasPrefix("verified cordon-") && $0.hasSuffix(".service") }
    let unit = try #require(verified).dropFirst("verified ".count)
    #expect(lines.contains("in") && lines.contains("2"), "\(said)")
    #expect(
      lines.suffix(5) == [
        "0", "daemon-reload", "enable --now \(unit)", "disable --now \(unit)", "daemon-reload",
      ])
    let left = Traces.of(place.folder)
    #expect(left.processes == [] && left.mounts == [] && left.loopDevices == [], "\(left)")
  }
}

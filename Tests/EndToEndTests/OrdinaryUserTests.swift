import Foundation
import Testing

/// Run by root in the place of somebody who is not; by anybody else as themselves.
@Suite struct `As an ordinary user` {
  private static let user: Int? = geteuid() == 0 ? 64_123 : nil
  private static let accepted =
    "sandbox: { without: [disk-quota, separate-user, private-devices, memory-limit, process-limit, processor-limit] }"

  /// A place that the user owns, with an executable that the user can reach.
  private static func place(_ text: String) throws -> (place: Place, lowered: [String], executable: String) {
    let place = try Place(text)
    let executable = place.folder + "/cordon"
    try FileManager.default.copyItem(atPath: Cordon.executable, toPath: executable)
    guard let user else { return (place, [], executable) }
    try run(["chown", "-R", "\(user):\(user)", place.folder])
    return (
      place,
      [
        "setpriv", "--reuid", "\(user)", "--regid", "\(user)", "--clear-groups", "env",
        "HOME=" + place.folder,
      ],
      executable
    )
  }

  @Test func `it works where the spec accepts what is missing`() throws {
    let (place, lowered, executable) = try Self.place(Place.text(sandbox: Self.accepted))
    func cordon(_ words: String..., input: Data = Data()) throws -> Said {
      try run(lowered + [executable] + words, input: input)
    }
    let up = try cordon("up", place.spec)
    defer { _ = try? cordon("down", "--spec", place.spec) }
    try #require(up.status == 0 && up.text.contains(".local/state/cordon/e2e"), "\(up)")
    #expect(try cordon("up", place.spec).text.contains("is up already"))
    let put = try cordon(
      "exec", "lab-1", "--", "python3", "-c", S3.script, "put", "mine", input: Data("mine".utf8))
    #expect(put.line == "200", "\(put)")
    #expect(try cordon("exec", "lab-1", "--", "sh", "-c", "echo x > ~/f; cat ~/f; exit 3").status == 3)
    #expect(try cordon("exec", "lab-2", "--", "cat", "/home/workspace/f").status == 1)
    #expect(try cordon("ledger", "verify").status == 0)
    let state = place.folder + "/.local/state/cordon/e2e"
    let down = try cordon("down")
    #expect(down.status == 0 && down.text.contains("down; its state stays"), "\(down)")
    var left = Traces.of(state)
    left.controlGroups = []
    #expect(left == Traces(), "\(left)")
  }

  @Test func `what the spec does not accept is a refusal that names it`() throws {
    let (place, lowered, executable) = try Self.place(Place.text())
    let said = try run(lowered + [executable, "up", place.spec, "--state", place.state])
    #expect(said.status == 1 && said.complaint.contains("disk-quota is missing"), "\(said)")
    #expect(
      said.complaint.contains("separate-user is missing") && said.complaint.contains("To get it:"), "\(said)")
    #expect(try run(lowered + [executable, "status", "--state", place.state]).status == 1)
  }

  @Test func `without user namespaces nothing starts, and it says why`() throws {
    let (place, lowered, executable) = try Self.place(Place.text(sandbox: Self.accepted))
    let script = "echo 0 > /proc/sys/user/max_user_namespaces && exec \"$0\" up \"$1\" --state \"$2\""
    let said = try run(
      lowered + [
        "unshare", "--user", "--map-current-user", "--keep-caps", "sh", "-c", script, executable, place.spec,
        place.state,
      ])
    #expect(said.status == 1 && said.complaint.contains("user-namespaces is missing"), "\(said)")
  }

  /// What the machine does not give an ordinary user shows as a breach, and what root alone could show is not called
  /// closed.
  @Test func `the attack suite says what holds for them, and what only root could show`() throws {
    let (place, lowered, executable) = try Self.place(Place.text(sandbox: Self.accepted))
    let said = try run(
      lowered + [
        executable, "attack", place.spec, "--only", "direct-tcp", "--only", "shell-kernel-files", "--only",
        "neighbour-device-locks",
      ], seconds: 240)
    #expect(said.status == 1, "\(said)")
    #expect(said.text.contains(/direct-tcp +14 +closed/), "\(said)")
    #expect(said.text.contains(/neighbour-device-locks +1 +breach/), "private-devices is excused: \(said)")
    #expect(said.text.contains(/shell-kernel-files +8 +inconclusive/), "\(said)")
    #expect(said.text.contains("for a verdict run it as root: shell-kernel-files"), "\(said)")
  }
}

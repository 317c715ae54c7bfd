import Testing

@testable import CordonDrill

@Suite struct `The attack table` {
  @Test(arguments: Path.allCases)
  func `every path is there, walked or said not to be`(path: Path) {
    #expect(
      AttackTable.all.contains { $0.path == path } || AttackTable.notYetCovered.contains { $0.path == path })
  }

  @Test(arguments: WeakenableControl.allCases)
  func `every control that can be off has an attack that must notice`(control: WeakenableControl) {
    #expect(!AttackTable.proving(control).isEmpty)
  }

  @Test func `a control is switched off in its turn where a chosen attack must notice it`() throws {
    let all = try SelfTest.turns(WeakenableControl.allCases, only: [])
    #expect(all.map(\.control) == WeakenableControl.allCases && all.allSatisfy { !$0.attacks.isEmpty })
    let some = try SelfTest.turns(WeakenableControl.allCases, only: ["clipboard", "dns-label"])
    #expect(some.map(\.control) == [.dnsAllowlist, .portalCrossings])
    #expect(some.map { $0.attacks.map(\.id) } == [["dns-label"], ["clipboard"]])
    // A run that tries nothing would say that everything was noticed.
    let idle = try #require(AttackTable.all.first { $0.provesControls.isEmpty })
    #expect(throws: DrillError.self) {
      _ = try SelfTest.turns(WeakenableControl.allCases, only: [idle.id])
    }
    #expect(throws: DrillError.self) {
      _ = try SelfTest.turns(WeakenableControl.allCases, only: ["dns-lable"])
    }
  }

  @Test func `routes have names of their own`() {
    let ids = AttackTable.all.map(\.id) + AttackTable.notYetCovered.map(\.route)
    #expect(Set(ids).count == ids.count)
    #expect(ids.allSatisfy { id in id.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" } })
  }

  @Test func `a browser with nothing in its way lives only when nobody counts calls any more`() throws {
    let turns = Engagement.inTurn(AttackTable.all)
    #expect(Set(turns.map(\.id)) == Set(AttackTable.all.map(\.id)) && turns.count == AttackTable.all.count)
    let first = try #require(turns.firstIndex { !$0.visits.isEmpty })
    #expect(turns[first...].allSatisfy { $0.attempts.isEmpty }, "what counts calls comes before")
    #expect(turns[..<first].allSatisfy { $0.visits.isEmpty })
  }

  @Test(arguments: AttackTable.all.map(\.id))
  func `an attack is complete`(id: String) throws {
    let attack = try #require(try AttackTable.select([id]).first)
    #expect(!attack.attempts.isEmpty || !attack.visits.isEmpty)
    #expect(!attack.closedBy.isEmpty && !attack.title.isEmpty)
    for attempt in attack.attempts {
      #expect(attempt.tries > 0 && attempt.seconds > 0)
      #expect(!attempt.evidence.isEmpty)
      #expect(!attempt.evidence.contains(.receiver) || attempt.receiver != nil, "somebody must listen")
      #expect(attempt.secret != .neighbours || attempt.receiver != nil)
      let asksNeighbour = attempt.receiver != nil && !attack.needs.contains(.neighbour)
      #expect(!asksNeighbour || attack.id == "mirror-upload", "\(attack.id) needs a neighbour")
    }
  }

  @Test func `a secret's own bearer cannot be its witness`() {
    for attack in AttackTable.all {
      for attempt in attack.attempts where attempt.evidence.contains(.output) {
        // What was handed to the command may stand in its own error messages.
        #expect(attempt.secret != .given || attack.id == "sts-foreign-role", "\(attack.id)")
      }
    }
  }

  @Test func `a hostile page has a bit for every field`() {
    #expect(AttackTable.all.reduce(0) { $0 + $1.visits.count } <= 64)
  }

  @Test func `at least two hundred names go through the DNS tunnel`() throws {
    let attack = try #require(try AttackTable.select(["dns-label"]).first)
    #expect(attack.tries >= 200)
  }

  @Test func `an unknown attack is an error that names the known ones`() {
    #expect { try AttackTable.select(["dns-lable"]) } throws: { error in
      "\(error)".contains("dns-label")
    }
  }

  @Test(arguments: AttackTable.all.map(\.id))
  func `its scripts are whole programs`(id: String) throws {
    let attack = try #require(try AttackTable.select([id]).first)
    for script in attack.attempts.flatMap({ [$0.script] + ($0.receiver.map { [$0] } ?? []) }) {
      let text = try #require(script.command.last)
      let check =
        script.language == .bash
        ? ["bash", "-n", "-c", text]
        : ["python3", "-I", "-c", "import sys; compile(sys.argv[1], 'x', 'exec')", text]
      let result = try Running.run(Launch(arguments: check, environment: ["PATH": Tool.path]), seconds: 20)
      #expect(result.status == 0, "\(id): \(result.errorText)")
    }
  }

  @Test func `no script names a host that is not the drill's own`() {
    let texts = AttackTable.all.flatMap(\.attempts)
      .flatMap { [$0.script] + ($0.receiver.map { [$0] } ?? []) }.map(\.text)
    let own = [
      "evil.test", "packages.cordon.internal", "metadata.google.internal", "amazonaws.com", ".example",
    ]
    for match in texts.flatMap({ $0.matches(of: /[a-z]+:\/\/([a-z0-9.-]+\.[a-z]+)/) }) {
      #expect(own.contains { match.output.1.hasSuffix($0) }, "\(match.output.1)")
    }
  }
}

// The sandbox for whatever runs a repository's code: one policy, and who holds it on this machine.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "proc/network.h"
#include "proc/process.h"

namespace gf::proc {

/// What one program may reach. Absolute paths; one that is not there is left out. Besides these it
/// reads the machine's programs and libraries, has a home, /tmp and devices of its own, and sees no
/// other process, no file of anybody's home and no socket of /run.
struct Policy {
  std::vector<std::string> readable;  ///< files and folders that would be hidden
  std::vector<std::string> writable;  ///< folders and what is in them
  /// Files below writable folders that stay as they are: what our own git would believe.
  std::vector<std::string> kept;
  Network network = Network::kNone;
  /// A folder for this call alone, in which home and /tmp are made; the caller removes it. Empty:
  /// in the system's place, and gone afterwards.
  std::string scratch;
  /// What a program keeps in ~/.cache stays here; empty: it is lost with the home.
  std::string cache;
  std::map<std::string, std::string> home_files = {};  ///< by path below the made home
};

/// A way to hold a program, found to work here. A plain value.
class Sandbox {
 public:
  enum class Kind { kNone, kBubblewrap, kLandlock };

  /// By `factory.sandbox`: auto (bubblewrap, else Landlock), bubblewrap, landlock or none. What is
  /// named or found is tried by starting a program; an Error (kConfiguration) where nothing works,
  /// with the reasons and the way out. Takes milliseconds. Reads PATH and HOME of `environment`.
  /// In the folder `known`, where one is given, it is kept that bubblewrap worked; it is not tried
  /// again before the program, the kernel's switches or this process's rights are others, or one
  /// start has failed.
  static Result<Sandbox> choose(std::string_view wanted, const Environment& environment,
                                const Cancel& cancel, const std::string& known = {});
  /// The one that holds nothing.
  static Sandbox none() { return Sandbox(Kind::kNone, 0); }
  /// What the user shows and opens to every kind of work, over what each policy says.
  void add(std::vector<std::string> readable, std::vector<std::string> writable);
  /// The socket of the user's ssh agent, for work whose row has it (proc/work.h); empty: for none.
  void lend(std::string ssh_agent) { ssh_agent_ = std::move(ssh_agent); }
  [[nodiscard]] const std::string& ssh_agent() const { return ssh_agent_; }

  [[nodiscard]] Kind kind() const { return kind_; }
  /// Is anything held at all?
  [[nodiscard]] bool holds() const { return kind_ != Kind::kNone; }
  /// For the record: "bubblewrap", "landlock", "none".
  [[nodiscard]] std::string name() const;
  /// What of a policy cannot be given here, one line each, in words for people.
  [[nodiscard]] std::vector<std::string> gaps(Network network) const;
  /// Why another that holds more was not taken, though `auto` would; empty: there was none.
  [[nodiscard]] const std::string& passed_over() const { return passed_over_; }
  /// How the number of processes is bound: "cgroup", "user namespace" or "watcher".
  [[nodiscard]] std::string process_bound() const;

  /// As proc::run. An Error (kEnvironment) also where the sandbox could not be set up. What the
  /// program left running is ended.
  Result<Outcome> run(const Options& options, const Policy& policy, const Cancel& cancel) const;

 private:
  Sandbox(Kind kind, int version) : kind_(kind), version_(version) {}

  Result<Outcome> run_in_bubblewrap(Options options, const Policy& policy,
                                    const std::string& program, const Cancel& cancel) const;
  Result<Outcome> run_in_landlock(Options options, const Policy& policy, const std::string& program,
                                  const Cancel& cancel) const;
  static Result<std::optional<std::string>> fails(const Sandbox& sandbox,
                                                  const Environment& environment,
                                                  const Cancel& cancel);
  static Result<std::optional<std::string>> fails_still(Sandbox& sandbox,
                                                        const Environment& environment,
                                                        const Cancel& cancel,
                                                        const std::string& known);

  Kind kind_;
  int version_;  ///< of Landlock
  std::vector<std::string> readable_ = {}, writable_ = {};
  std::string ssh_agent_ = {};
  std::string kept_ = {};         ///< the file that says that it worked; empty: there is none
  std::string passed_over_ = {};  ///< why what holds more does not work here
};

/// What a person can do about it that a sandbox does not work here, by the words of it that
/// choose() and passed_over() tell; an instruction without a full stop, never empty.
std::string way_out(const std::string& reason);

/// Runs in `sandbox`; null: as proc::run.
Result<Outcome> run_in(const Sandbox* sandbox, const Options& options, const Policy& policy,
                       const Cancel& cancel);

/// Which limits a repository's code has where nothing else is said: three quarters of the machine's
/// memory, 4096 processes (more on many cores), 65536 open files, files of 16 GB, a gigabyte left
/// on the disk of `written_at`.
Limits usual_limits(Limits limits, const std::string& written_at);

/// Did ssh have no key to show, or nobody's word for the server?
bool lacked_ssh_key(const Outcome& outcome);

/// What a program that failed met in its sandbox, by its own words, and the setting that helps;
/// nothing where the sandbox does not explain it. `kind`: who held it, for they refuse in
/// different words.
std::optional<std::string> hindrance(const Outcome& outcome, const Policy& policy,
                                     const std::string& network_setting,
                                     Sandbox::Kind kind = Sandbox::Kind::kBubblewrap);

}  // namespace gf::proc

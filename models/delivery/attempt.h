// One try to deliver a message: who decides on it, and by which law.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "models/delivery/outcome.h"
#include "models/delivery/state.h"
#include "models/delivery/verdict.h"

namespace mailrift {

/// Which policies decide on a try.
enum class Asked : std::uint8_t {
    kNone,        ///< every try ends by `end`
    kBeforeRcpt,  ///< those that decide before the recipient is named, and what they let pass ends by `end`
    kAll,
};

/// Mail to one address of a recipient: what decides on it in the present state.
struct Reception {
    SeatId to;         ///< the seat whose address is used
    double share = 1;  ///< of all mail to the recipient
    Asked asked = Asked::kNone;
    Outcome end = Outcome::kInbox;  ///< of what policies do not decide; of `asked` kAll nothing is left
    Cause cause;
    const Verdict* first = nullptr;          ///< of a chain with one judge; valid until the state changes
    std::shared_ptr<const Verdict> along{};  ///< of a longer one

    /// What policies say; nothing where nobody is asked.
    [[nodiscard]] const Verdict* policies() const noexcept { return along ? along.get() : first; }
};

/// Of the present address and of the one that was lost: no more than two, and no memory to ask for.
class Receptions {
public:
    void push_back(Reception reception) { items_[size_++] = std::move(reception); }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] const Reception& operator[](std::size_t i) const noexcept { return items_[i]; }
    [[nodiscard]] const Reception* begin() const noexcept { return items_.data(); }
    [[nodiscard]] const Reception* end() const noexcept { return items_.data() + size_; }

private:
    std::array<Reception, 2> items_{};
    std::size_t size_ = 0;
};

/// Calls `what(address, share)` for the addresses that mail to a seat names: the present one, and the one that was lost by those who do not know it.
template <class What>
void each_address(const StateView& view, SeatId to, const What& what) {
    const double known = known_share(view, to);
    what(to, known);
    if (view.seat(to).left) what(*view.seat(to).left, 1 - known);
}

/// What decides on a try of a member on `from` to write to a member on `to`, by address; no address with share 0.
///
/// Order of decision: the sender's account is closed, or an element of the sender's route refuses the submission (`unsent`); then that of SMTP:
/// policies of the receiver that decide before RCPT (connect, helo, mail), whose rejections and deferrals come first; an element of the recipient's
/// chain, gateway first, refuses by order (`rejected`, 550 5.7.1; at RCPT, as Postfix does by default: smtpd_delay_reject); the account is closed
/// (`closed_account`); policies that decide at RCPT or DATA. A chain answers as one server: a gateway knows which accounts are closed (assumed).
/// \param handed_in whether the sender's provider has the mail already, in its queue: then nothing on the sender's side can stop it.
[[nodiscard]] Receptions receptions_of(const StateView& view, SeatId from, SeatId to, bool handed_in = false);

/// What decides on a try by the address that the member on `to` has there; `share` is handed through.
[[nodiscard]] Reception reception_at(const StateView& view, SeatId from, SeatId to, double share = 1, bool handed_in = false);

/// One policy's say on a try that got so far.
struct AttemptStep {
    PolicyId policy;
    bool defers = false;     ///< else it rejects
    double probability = 0;  ///< given that nobody before it decided: of rejecting, the same draw for all tries of a message; of deferring,
                             ///< a new draw at each
};

/// A share of accepted mail.
struct AcceptedPart {
    Outcome outcome = Outcome::kInbox;  ///< kJunk or kDiscarded; where the recipient's address refuses, that end
    Cause cause;
    double share = 0;
};

/// A verdict as the steps that a try passes one after the other.
struct AttemptLaw {
    std::vector<AttemptStep> steps;
    std::optional<GreylistPart> greylist;  ///< `before`: of `steps`
    std::vector<AcceptedPart> accepted;    ///< of what passes all steps: shares sum to 1, the inbox last; drawn once a message
};

[[nodiscard]] AttemptLaw attempt_law(const Verdict& verdict);

/// The same of mail to one address: with `asked` kBeforeRcpt or kNone, `accepted` is its `end` alone, the outcome of what passes.
[[nodiscard]] AttemptLaw attempt_law(const Reception& at);

/// Whether a try can be deferred.
[[nodiscard]] bool defers(const AttemptLaw& law);

/// The same of mail to one address, without its law.
[[nodiscard]] bool defers(const Reception& at);

}  // namespace mailrift

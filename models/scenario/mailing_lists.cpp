// Mailing lists in a scenario document: how they look, and the mail that they send.
#include "models/scenario/mailing_lists.h"

#include <algorithm>

#include "models/response/registry.h"
#include "models/scenario/decode_orders.h"
#include "models/scenario/decode_spam.h"

namespace mailrift {

using sim::defaulted;
using sim::required;

sim::Shape mailing_list_shape() {
    return sim::object({
        required("id", sim::identifier(), "short name"),
        required("provider", sim::reference({"providers"}), "from whose own pool posts are sent on"),
        required("subscribers", who_shape(), "among whom its subscribers are, alike"),
        defaulted("subscribed", sim::figure(sim::number("share", 0, 1).open_low()), sim::make_number(1), "share of them who subscribe"),
        required("posts_per_day", sim::figure(sim::number("posts", 0, 1e6).open_low()),
                 "posts a day, each sent to every subscriber; as messages at a steady rate"),
        defaulted("spam_share", sim::figure(sim::number("share", 0, 1)), sim::make_number(0), "share of posts that are spam", "assumed"),
        defaulted("rewrites_from", sim::flag(), sim::make_bool(true),
                  "whether posts carry the list's address in From, so that they authenticate as its provider's mail does; else none does"),
    });
}

void add_mailing_lists(const sim::View& scenario, const World& world, const Population& population, std::vector<SpamSender>& senders) {
    for (const sim::View& view : scenario["mailing_lists"].items()) {
        SpamSender list;
        list.sources = own_pools(world, view["provider"].text());
        list.by = view["id"].text();
        list.accounts = 1;
        list.targets = decode_who(view["subscribers"], world, population);
        if (!view["rewrites_from"].flag()) list.authenticates = false;
        const double messages = view["posts_per_day"].number() * users_in(population, *list.targets) * view["subscribed"].number();
        const double spam = view["spam_share"].number();
        for (const MailClass mail_class : {MailClass::kBulk, MailClass::kSpam}) {
            list.id = view["id"].text() + (mail_class == MailClass::kBulk ? "~posts" : "~spam");  // no sender of a document has such a name
            list.mail_class = mail_class;
            list.daily = messages * (mail_class == MailClass::kBulk ? 1 - spam : spam);
            if (list.daily > 0) senders.push_back(list);
        }
    }
    std::sort(senders.begin(), senders.end(), [](const SpamSender& a, const SpamSender& b) { return a.id < b.id; });
}

}  // namespace mailrift

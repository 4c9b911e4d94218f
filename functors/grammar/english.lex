# English starter lexicon: common words with their pregroup types.
# Verbs are not inflected for number or tense by type: "she sleep" reduces as "she sleeps" does.

@types n s
@proper-noun n

# Abbreviations.
iv  = n.r s                     # intransitive verb
tv  = n.r s n.l                 # transitive verb
dtv = n.r s n.l n.l             # ditransitive verb: thing, then receiver, as in "gives Bob flowers"
cv  = n.r s s.l                 # verb with a clause: "thinks (that) Bob sleeps"
vp  = n.r s s.l n               # takes a verb phrase to a verb phrase
adj = n n.l                     # adjective, determiner
adv = s.r s                     # after the verb phrase

# Relative pronouns: copy the noun to the clause, discard the clause's sentence.
who, that, which : n.r n s.l n = subject-relative | n.r n n.l.l s.l = object-relative
whom             : n.r n n.l.l s.l = object-relative
that             : s s.l = identity | adj

# Determiners, possessives, numbers.
a, an, the, this, these, those, some, any, no, every, each, all, both, many, most, few, several, another, other : adj
my, your, his, its, our, their : adj
one, two, three, four, five, six, seven, eight, nine, ten, hundred, thousand : adj
"'s", "'" : n.r n n.l
her : n | adj

# Pronouns.
I, you, he, she, it, we, they, me, him, us, them : n
myself, yourself, himself, herself, itself, ourselves, themselves : n
someone, somebody, something, everyone, everybody, everything, nobody, nothing, anyone, anything : n

# Proper names.
Alice, Bob, Carol, Dave, Eve, Frank, Grace, Heidi, Ivan, Judy, Mary, John, Jane, Claire, Peter, Paul, Anna, Tom : n
London, Paris, Oxford, England, France, Europe, Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday : n

# People.
person, people, man, men, woman, women, girl, girls, boy, boys, child, children, baby, friend, friends : n
husband, wife, mother, father, parent, parents, sister, brother, son, daughter, family, families, neighbour : n
teacher, teachers, student, students, scientist, scientists, astronomer, archaeologist, artist, artists, author : n
programmer, programmers, coder, coders, engineer, engineers, baker, bakers, chef, chefs, professional : n
doctor, doctors, nurse, lawyer, farmer, farmers, soldier, soldiers, sailor, sailors, shepherd, monk, monks : n
officer, officers, police, player, players, pitcher, batter, batsman, king, queen, president, audience : n
team, teams, company, companies, organization, organizations, government, governments, church, churches : n
cook : n

# Animals and plants.
animal, animals, mammal, mammals, cat, cats, dog, dogs, horse, horses, mouse, mice, bird, birds, fish, cow, sheep : n
species, tree, trees, flower, flowers, apple, apples : n

# Things and places.
thing, things, book, books, letter, letters, document, documents, newspaper, story, stories, song, songs, picture : n
application, applications, software, program, programs, code, algorithm, algorithms, computer, computers : n
problem, problems, technique, techniques, approach, approaches, method, methods, idea, ideas, question, answer : n
meal, meals, dinner, dinners, lunch, lunches, breakfast, sauce, sauces, recipe, recipes, dish, dishes : n
bread, cake, cakes, soup, food, tea, coffee, milk, wine, water, air, fuel, fire, gift, gifts, present : n
house, houses, home, room, rooms, kitchen, garden, gardens, door, window, table, tables, chair, chairs, bed : n
building, buildings, school, schools, university, library, museum, hospital, station, port, ports, market, shop : n
city, cities, town, village, country, street, road, river, rivers, sea, lake, island, islands, mountain, mountains : n
car, cars, vehicle, vehicles, train, trains, ship, ships, vessel, vessels, fleet, fleets, boat, plane, bus, bicycle : n
device, devices, machine, machines, engine, engines, telescope, phone, clock, ball, box, boxes, key, keys, money : n
material, materials, stone, wood, glass, gold, paper, star, stars, moon, sun, world, sky, rain, snow, planet : n
activity, activities, phenomenon, phenomena, quality, qualities, excavation, election, elections, festival, festivals : n
movement, movements, game, games, music, art, war, peace, love, life, work, job, time, day, days, night, year, years : n
morning, evening, week, month, language, word, words, sentence, sentences, meaning, diagram, diagrams, circuit : n
run, play, use, show, control, study, support, attack, feature, share, face, name, help, talk, walk : n

# Adjectives.
skillful, tasty, useful, good, great, talented, modest, nice, fast, efficient, delicious, exotic, complex, novel : adj
new, old, young, big, small, large, little, long, short, tall, high, low, wide, deep, heavy, light, strong, weak : adj
happy, sad, angry, kind, clever, smart, wise, famous, rich, poor, busy, tired, hungry, brave, quiet, loud, funny : adj
red, green, blue, yellow, black, white, brown, dark, bright, hot, cold, warm, cool, wet, dry, clean, dirty : adj
beautiful, ugly, bad, fine, important, interesting, simple, easy, hard, difficult, different, same, right, wrong : adj
early, late, open, full, empty, free, real, true, false, cheap, expensive, safe, dangerous, fresh, sweet, lazy, quick : adj
English, French, German, quantum, human, public, local, modern, ancient : adj

# Degree: modify an adjective; modify an adverb.
very, quite, too, so, really, rather, extremely : n n.l n.l.l n.l = {2 3} | s.r s s.l s = {1 4}

# Verbs that take no object.
sleep, sleeps, slept, sleeping, arrive, arrives, arrived, arriving, smile, smiles, smiled, smiling : iv
laugh, laughs, laughed, laughing, cry, cries, cried, crying, die, dies, died, fall, falls, fell, falling : iv
go, goes, went, going, gone, come, comes, came, coming, live, lives, lived, living, sit, sits, sat, sitting : iv
stand, stands, stood, standing, dance, dances, danced, dancing, swim, swims, swam, swimming, work, works, worked : iv
working, talk, talks, talked, talking, thrive, thrives, thrived, exist, exists, existed, happen, happens, happened : iv
lie, lies, lied, rest, rests, rested, rain, rains, rained, snores, snored, barks, barked, jump, jumps, jumped, shine, shines, shone : iv

# Verbs with or without an object.
run, runs, ran, running, cook, cooks, cooked, cooking, play, plays, played, playing, sing, sings, sang, singing : tv | iv
eat, eats, ate, eating, eaten, drink, drinks, drank, drinking, read, reads, reading, write, writes, wrote, writing : tv | iv
win, wins, won, lose, loses, lost, study, studies, studied, studying, walk, walks, walked, walking, fly, flies, flew : tv | iv
leave, leaves, left, leaving, enter, enters, entered, move, moves, moved, moving, bake, bakes, baked, baking : tv | iv
teach, teaches, taught, paint, paints, painted, painting, drive, drives, drove, driving, help, helps, helped : tv | iv
attack, attacks, attacked, start, starts, started, stop, stops, stopped, increase, increases, increased : tv | iv
change, changes, changed, speak, speaks, spoke, answers, answered, call, calls, called, grow, grows, grew : tv | iv

# Verbs with an object.
love, loves, loved, loving, hate, hates, hated, see, sees, saw, seen, seeing, hear, hears, heard, meet, meets, met : tv
kiss, kisses, kissed, chase, chases, chased, chasing, catch, catches, caught, kick, kicks, kicked, hit, hits : tv
prepare, prepares, prepared, preparing, debug, debugs, debugged, debugging, create, creates, created, creating : tv
make, makes, made, making, build, builds, built, building, house, destroy, destroys, destroyed, replace, replaces : tv
use, uses, used, using, have, has, had, having, own, owns, owned, hold, holds, held, holding, keep, keeps, kept : tv
carry, carries, carried, carrying, take, takes, took, taken, taking, wear, wears, wore, pull, pulls, pulled, push : tv
pushes, pushed, transport, transports, haul, hauls, raise, raises, raised, remove, removes, removed, contain : tv
contains, contained, include, includes, included, require, requires, required, fill, fills, filled, feature, features : tv
control, controls, controlled, discover, discovers, discovered, visit, visits, visited, visiting, cross, crosses : tv
crossed, join, joins, joined, serve, serves, served, support, supports, supported, represent, represents, represented : tv
establish, establishes, established, achieve, achieves, achieved, attract, attracts, attracted, submit, submits : tv
submitted, publish, publishes, published, face, faces, faced, share, shares, shared, strike, strikes, struck : tv
reflect, reflects, reflected, allow, allows, allowed, admire, admires, admired, watch, watches, watched, watching : tv
trust, trusts, trusted, thank, thanks, thanked, find, finds, found, finding, buy, buys, bought, buying, break : tv
breaks, broke, broken, cut, cuts, open, opens, opened, close, closes, closed, clean, cleans, cleaned, solve, solves : tv
solved, solving, learn, learns, learned, learning, understand, understands, understood, follow, follows, followed : tv
believe, believes, believed, know, knows, knew, known, remember, remembers, forget, forgets, forgot, describe : tv
describes, described, test, tests, tested, testing, master, masters, mastered, mastering, invent, invents, invented : tv
enjoy, enjoys, enjoyed, like, likes, liked, need, needs, needed, want, wants, wanted, bite, bites, bit, fear, fears : tv

# Verbs with two objects.
give, gives, gave, given, giving, send, sends, sent, sending, show, shows, showed, shown, tell, tells, told : dtv | tv
offer, offers, offered, sell, sells, sold, selling, lend, lends, lent, bring, brings, brought, pay, pays, paid : dtv | tv
teach, teaches, taught, buy, buys, bought : dtv

# Verbs with a clause.
think, thinks, thought, say, says, said, hope, hopes, hoped, know, knows, knew, believe, believes, believed : cv
see, sees, saw, hear, hears, heard : cv

# Verbs with a verb phrase; "-ing" forms that make a noun of a verb phrase.
want, wants, wanted, try, tries, tried, like, likes, liked, love, loves, hope, hopes, need, needs, needed : vp = {1 4}
seem, seems, seemed, begin, begins, began, used : vp = {1 4}
try, tries, tried : tv
trying, testing, mastering, reading, writing, eating, watching, playing, learning, solving, cooking, baking, visiting : adj
"to" : vp = identity

# Auxiliaries and negation.
do, does, did : vp = identity | tv
have, has, had, having : vp = identity
will, would, can, could, may, might, must, shall, should, cannot : vp = {1 4}
don't, doesn't, didn't, won't, wouldn't, can't, couldn't, shouldn't, mustn't : vp = {1 4}
isn't, aren't, wasn't, weren't : vp = {1 4} | n.r s n.l.l n.l = {1 3} | n.r s n.l n = {1 4} | tv
not : vp = {1 4} | n n.l n.l.l n.l = {2 3} | n.r n n.l n = {1 4} | adj
never, always, often, sometimes, usually, rarely, seldom, also, still, just, almost, already : vp = {1 4}

# The copula: a noun phrase, an adjective, a prepositional phrase, a progressive verb phrase.
is, are, was, were, am, be, been, being : tv | n.r s n.l.l n.l = {1 3} | n.r s n.l n = {1 4} | vp = identity
become, becomes, became : tv | n.r s n.l.l n.l = {1 3}

# Adverbs.
quickly, slowly, loudly, quietly, happily, sadly, carefully, suddenly, easily, badly, deeply : adv | vp = {1 4}
often, sometimes, usually, also, still, already : adv
well, hard, here, there, now, then, today, tomorrow, yesterday, again, together, away, soon, fast, everywhere, home : adv

# Prepositions: after a noun, after a verb phrase, before a sentence.
in, on, at, with, near, under, over, behind, for, from, by, about, without, after, before : n.r n n.l | s.r s n.l | s s.l n.l
during, between, against, among, through, around, inside, outside, above, below : n.r n n.l | s.r s n.l | s s.l n.l
into, to, onto, towards, across, along, until, since : s.r s n.l | n.r n n.l
of : n.r n n.l

# Conjunctions: nouns; sentences; verb phrases, which share their subject; adjectives, which share their noun.
and, or : n.r n n.l | s.r s s.l | s.r n.r.r n.r s s.l n = {2 3 6} | n n.r n n.l n.l.l n.l = {1 4 5}
but : s.r s s.l | s.r n.r.r n.r s s.l n = {2 3 6} | n n.r n n.l n.l.l n.l = {1 4 5}
because, when, while, if, although, though, after, before, until, since : s.r s s.l | s s.l s.l

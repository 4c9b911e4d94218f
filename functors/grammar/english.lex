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
zr  = n.r n.r n                 # transitive verb of a relative clause without pronoun: "the book Alice wrote"

# Relative pronouns: copy the noun to the clause, discard the clause's sentence.
# In questions they are noun phrases, or take the clause that lacks an object: "whom does Alice love".
who, that, which : n.r n s.l n = subject-relative | n.r n n.l.l s.l = object-relative
whom             : n.r n n.l.l s.l = object-relative
who              : || n | s n.l.l s.l
whom             : || s n.l.l s.l
what             : n | s n.l.l s.l || adj | s n.l.l s.l n.l
which, whose     : || adj | s n.l.l s.l n.l
whose            : n.r n s.l n n.l
where, why, how  : s s.l
when             : || s s.l
that             : s s.l = identity | adj

# Determiners, possessives, numbers.
a, an, the, this, these, those, some, any, no, every, each, all, both, many, most, few, several, another, other : adj
my, your, his, its, our, their : adj
one, two, three, four, five, six, seven, eight, nine, ten, hundred, thousand : adj
# The possessor takes its determiner with it: "the teacher's car" is the car of the teacher.
"'s", "'" : n.r n n.r n n.l = {1 2} || n.r n n.l
her : n | adj

# Pronouns.
I, you, he, she, it, we, they, me, him, us, them : n
myself, yourself, himself, herself, itself, ourselves, themselves : n
someone, somebody, something, everyone, everybody, everything, nobody, nothing, anyone, anything : n

# Proper names.
Alice, Bob, Carol, Dave, Eve, Frank, Grace, Heidi, Ivan, Judy, Mary, John, Jane, Claire, Peter, Paul, Anna, Tom : n
London, Paris, Oxford, England, France, Europe, Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday : n

# People.
human, humans, person, people, man, men, woman, women, girl, girls, boy, boys, child, children, baby, friend, friends : n
husband, wife, mother, father, parent, parents, sister, brother, son, daughter, family, families, neighbour, neighbours : n
teacher, teachers, student, students, scientist, scientists, astronomer, archaeologist, artist, artists, author : n
programmer, programmers, coder, coders, engineer, engineers, baker, bakers, chef, chefs, professional : n
doctor, doctors, nurse, lawyer, farmer, farmers, soldier, soldiers, sailor, sailors, shepherd, monk, monks : n
officer, officers, police, player, players, pitcher, batter, batsman, king, queen, president, audience : n
team, teams, company, companies, organization, organizations, government, governments, church, churches : n
cook : n

actor, singer, dancer, writer, painter, poet, musician, driver, pilot, waiter, guest, guests, stranger, thief : n
aunt, uncle, cousin, grandmother, grandfather, boss, colleague, customer, member, members, leader, prince, princess : n
philosopher, mathematician, physicist, researcher, researchers, linguist, user, users, developer, hero, witch : n
Charlie, Emma, James, Lucy, Max, Romeo, Juliet, Sam, Sophie, Einstein, Shakespeare, Berlin, Rome, Tokyo, America : n

# Animals and plants.
pear, pears, plum, plums, cherry, cherries, grape, grapes, lemon, lemons, onion, onions, carrot, carrots : n
animal, animals, mammal, mammals, cat, cats, dog, dogs, horse, horses, mouse, mice, bird, birds, fish, cow, sheep : n
species, tree, trees, flower, flowers, apple, apples : n

lion, tiger, bear, wolf, fox, rabbit, elephant, monkey, snake, frog, duck, chicken, pig, goat, bee, ant, insect : n
rose, grass, leaf, leaves, seed, forest, orange, banana, potato, tomato, rice, wheat : n

# Things and places.
cart, carts, chess, tennis, football, bedroom, walls, shelf, shelves : n
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

film, films, movie, park, theatre, restaurant, café, office, bank, farm, field, bridge, castle, tower, wall : n
floor, roof, corner, hill, beach, ocean, ground, earth, place, places, map, ticket, hotel, airport, court : n
hat, coat, dress, shirt, shoe, shoes, ring, bag, cup, plate, knife, fork, spoon, bottle, lamp, mirror, camera : n
radio, television, piano, guitar, violin, drum, toy, doll, bell, candle, rope, sword, gun, tool, tools, wheel : n
beer, juice, cheese, butter, egg, eggs, meat, salt, sugar, chocolate, pizza, pasta, salad, fruit, vegetable : n
head, hand, hands, eye, eyes, ear, nose, mouth, heart, hair, foot, feet, arm, leg, body, mind, voice, tear, smile : n
truth, lie, fact, facts, reason, law, rule, rules, theory, theorem, proof, science, history, mathematics, physics : n
news, message, messages, poem, poems, novel, article, page, line, number, numbers, list, data, system : n
category, categories, functor, type, types, tensor, qubit, qubits, state, states, gate, gates, model, network : n
hope, fear, anger, joy, pain, luck, dream, dreams, hunger, health, beauty, power, freedom, justice, secret : n
race, match, party, wedding, holiday, journey, trip, visit, meeting, lesson, class, test, exam, project, plan : n
summer, winter, spring, autumn, minute, hour, hours, noon, midnight, century, moment, weather, wind, storm, cloud : n
side, part, parts, piece, kind, way, end, beginning, middle, top, bottom, colour, size, shape, sound, light, order : n
attention, interest, effort, result, results, change, cause, effect, example, mistake, price, cost, value, trade : n
dance, drink, call, cry, laugh, sleep, rest, swim : n

# Adjectives.
skillful, tasty, useful, good, great, talented, modest, nice, fast, efficient, delicious, exotic, complex, novel : adj
new, old, young, big, small, large, little, long, short, tall, high, low, wide, deep, heavy, light, strong, weak : adj
happy, sad, angry, kind, clever, smart, wise, famous, rich, poor, busy, tired, hungry, brave, quiet, loud, funny : adj
red, green, blue, yellow, black, white, brown, dark, bright, hot, cold, warm, cool, wet, dry, clean, dirty : adj
beautiful, ugly, bad, fine, important, interesting, simple, easy, hard, difficult, different, same, right, wrong : adj
early, late, open, full, empty, free, real, true, false, cheap, expensive, safe, dangerous, fresh, sweet, lazy, quick : adj
best, better, worst, worse, next, last, first, second, third, own, main, only, certain, possible, impossible : adj
proud, shy, polite, rude, honest, gentle, cruel, calm, nervous, curious, lonely, sick, ill, healthy, dead, alive : adj
round, square, flat, sharp, soft, smooth, rough, thick, thin, narrow, huge, tiny, golden, silver, wooden : adj
ready, afraid, sure, able, similar, special, strange, common, rare, perfect, popular, successful, royal : adj
pink, grey, purple, orange, pretty, handsome, lovely, charming, boring, exciting, surprising, useless, careful : adj
English, French, German : adj | n
mortal, immortal, colourless, colorless, quantum, human, public, local, modern, ancient : adj

# Degree: modify an adjective; modify an adverb.
very, quite, too, so, really, rather, extremely : n n.l n.l.l n.l = {2 3} | s.r s s.l s = {1 4}

# Verbs that take no object.
sleep, sleeps, slept, sleeping, arrive, arrives, arrived, arriving, smile, smiles, smiled, smiling : iv
laugh, laughs, laughed, laughing, cry, cries, cried, crying, die, dies, died, fall, falls, fell, falling : iv
go, goes, went, going, gone, come, comes, came, coming, live, lives, lived, living, sit, sits, sat, sitting : iv
stand, stands, stood, standing, dance, dances, danced, dancing, swim, swims, swam, swimming, work, works, worked : iv
working, talk, talks, talked, talking, thrive, thrives, thrived, exist, exists, existed, happen, happens, happened : iv
lie, lies, lied, rest, rests, rested, rain, rains, rained, snores, snored, barks, barked, jump, jumps, jumped, shine, shines, shone : iv

raining, snowing, waiting, travelling, staying, listening, looking, shouting, dying, lying, shining, jumping : iv
dreaming, crawling, crawl, crawls, flow, flows, sparkle, sparkles, gather, gathers, meow, meows : iv
wait, waits, waited, wake, wakes, woke, cough, sneeze, sneezes, vanish, vanishes, vanished, appear, appears : iv
appeared, disappear, disappears, disappeared, travel, travels, travelled, return, returns, returned, stay, stays : iv
stayed, rise, rises, rose, shout, shouts, shouted, whisper, whispers, whispered, breathe, breathes, float, floats : iv
listen, listens, listened, look, looks, looked, agree, agrees, agreed, argue, argues, argued, fail, fails, failed : iv
wonder, wonders, wondered, dream, dreams, dreamed, succeed, succeeds, succeeded, speak, fight, fights, fought : iv

# Verbs with or without an object.
written, driven, spoken, eaten, sung, drawn : tv || iv | zr
flying, starting, moving, studying, helping, winning, losing, growing, burning : tv | iv || zr
climb, climbs, climbed, ride, rides, rode, burn, burns, burned, turn, turns, turned, wash, washes, washed, ring : tv | iv || zr
rings, rang, draw, draws, drew, count, counts, counted, finish, finishes, finished, hunt, hunts, hunted : tv | iv || zr
run, runs, ran, running, cook, cooks, cooked, cooking, play, plays, played, playing, sing, sings, sang, singing : tv | iv || zr
eat, eats, ate, eating, drink, drinks, drank, drinking, read, reads, reading, write, writes, wrote, writing : tv | iv || zr
win, wins, won, lose, loses, lost, study, studies, studied, walk, walks, walked, walking, fly, flies, flew : tv | iv || zr
leave, leaves, left, leaving, enter, enters, entered, move, moves, moved, bake, bakes, baked, baking : tv | iv || zr
teach, teaches, taught, paint, paints, painted, painting, drive, drives, drove, driving, help, helps, helped : tv | iv || zr
attack, attacks, attacked, start, starts, started, stop, stops, stopped, increase, increases, increased : tv | iv || zr
change, changes, changed, speaks, spoke, answers, answered, call, calls, called, grow, grows, grew : tv | iv || zr

# Verbs with an object.
love, loves, loved, loving, hate, hates, hated, see, sees, saw, seen, seeing, hear, hears, heard, meet, meets, met : tv || zr
kiss, kisses, kissed, chase, chases, chased, chasing, catch, catches, caught, kick, kicks, kicked, hit, hits : tv || zr
prepare, prepares, prepared, preparing, debug, debugs, debugged, debugging, create, creates, created, creating : tv || zr
make, makes, made, making, build, builds, built, building, house, destroy, destroys, destroyed, replace, replaces : tv || zr
use, uses, used, using, have, has, had, having, own, owns, owned, hold, holds, held, holding, keep, keeps, kept : tv || zr
carry, carries, carried, carrying, take, takes, took, taken, taking, wear, wears, wore, pull, pulls, pulled, push : tv || zr
pushes, pushed, transport, transports, haul, hauls, raise, raises, raised, remove, removes, removed, contain : tv || zr
contains, contained, include, includes, included, require, requires, required, fill, fills, filled, feature, features : tv || zr
control, controls, controlled, discover, discovers, discovered, visit, visits, visited, visiting, cross, crosses : tv || zr
crossed, join, joins, joined, serve, serves, served, support, supports, supported, represent, represents, represented : tv || zr
establish, establishes, established, achieve, achieves, achieved, attract, attracts, attracted, submit, submits : tv || zr
submitted, publish, publishes, published, face, faces, faced, share, shares, shared, strike, strikes, struck : tv || zr
reflect, reflects, reflected, allow, allows, allowed, admire, admires, admired, watch, watches, watched, watching : tv || zr
trust, trusts, trusted, thank, thanks, thanked, find, finds, found, finding, buy, buys, bought, buying, break : tv || zr
breaks, broke, broken, cut, cuts, open, opens, opened, close, closes, closed, clean, cleans, cleaned, solve, solves : tv || zr
solved, solving, learn, learns, learned, learning, understand, understands, understood, follow, follows, followed : tv || zr
believe, believes, believed, know, knows, knew, known, remember, remembers, forget, forgets, forgot, describe : tv || zr
describes, described, test, tests, tested, testing, master, masters, mastered, mastering, invent, invents, invented : tv || zr
enjoy, enjoys, enjoyed, like, likes, liked, need, needs, needed, want, wants, wanted, bite, bites, bit, fear, fears : tv || zr

calling, wearing, destroying, pulling, hiding : tv || zr
choose, chooses, chose, chosen, lead, leads, led, throw, throws, threw, steal, steals, stole, stolen, hide, hides : tv || zr
hid, hidden, kill, kills, killed, save, saves, saved, protect, protects, protected, marry, marries, married : tv || zr
respect, respects, respected, ignore, ignores, ignored, blame, blames, blamed, forgive, forgives, forgave : tv || zr
touch, touches, touched, hug, hugs, hugged, feed, feeds, fed, lift, lifts, lifted, drop, drops, dropped, fix : tv || zr
fixes, fixed, repair, repairs, repaired, sew, sews, plant, plants, planted, cover, covers, covered, collect : tv || zr
collects, collected, measure, measures, measured, prove, proves, proved, explain, explains, explained, compute : tv || zr
computes, computed, simulate, simulates, simplify, simplifies, simplified, transform, transforms, transformed : tv || zr
ask, asks, asked, answer, surprise, surprises, surprised, bore, bores, bored, frighten, frightens, frightened : tv || zr
please, pleases, pleased, annoy, annoys, annoyed, prefer, prefers, preferred, deserve, deserves, deserved : tv || zr
produce, produces, produced, provide, provides, provided, receive, receives, received, accept, accepts, accepted : tv || zr
refuse, refuses, refused, notice, notices, noticed, recognise, recognises, imagine, imagines, imagined, search : tv || zr
miss, misses, missed, spend, spends, spent, put, puts, set, sets, shut, shuts, beat, beats, defeat, defeats : tv || zr
defeated, conquer, conquers, conquered, rule, ruled, command, commands, obey, obeys, mend : tv || zr

# Verbs with two objects.
give, gives, gave, given, giving, send, sends, sent, sending, show, shows, showed, shown, tell, tells, told : dtv | tv || zr
offer, offers, offered, sell, sells, sold, selling, lend, lends, lent, bring, brings, brought, pay, pays, paid : dtv | tv || zr
teach, teaches, taught, buy, buys, bought : dtv

# Verbs with a clause.
wonder, wonders, wondered, wish, wishes, wished, claim, claims, claimed, think, thinks, thought, say, says, said, hope, hopes, hoped, know, knows, knew, believe, believes, believed : cv
see, sees, saw, hear, hears, heard : cv

# Verbs with a verb phrase.
want, wants, wanted, try, tries, tried, like, likes, liked, love, loves, hope, hopes, need, needs, needed : vp = {1 4}
seem, seems, seemed, begin, begins, began, used : vp = {1 4}
try, tries, tried : tv || zr
promise, promises, promised, decide, decides, decided, plan, plans, planned, refuse, refuses, refused : vp = {1 4}
learn, learns, learned, forget, forgets, forgot, start, starts, started, hate, hates, hated, prefer, prefers : vp = {1 4}
promise, promises, promised : dtv | tv | cv
# A verb with an object that does what follows: "asks Bob to leave".
ask, asks, asked, tell, tells, told, want, wants, wanted, help, helps, helped, force, forces, forced : n.r s s.l n n.l = {4 5}
teach, teaches, taught, allow, allows, allowed, persuade, persuades, persuaded : n.r s s.l n n.l = {4 5}
see, sees, saw, hear, hears, heard, let, lets, make, makes, made : n.r s s.l n n.l = {4 5}
# A verb phrase with -ing as a noun phrase: "enjoys reading books".
trying, testing, mastering, reading, writing, eating, watching, playing, learning, solving, cooking, baking, visiting : || adj
"to" : vp = identity

# Auxiliaries and negation.
do, does, did : vp = identity | tv || s s.l = identity
have, has, had, having : vp = identity || s s.l = identity
will, would, can, could, may, might, must, shall, should, cannot : vp = {1 4} || s s.l
don't, doesn't, didn't, won't, wouldn't, can't, couldn't, shouldn't, mustn't : vp = {1 4} || s s.l
isn't, aren't, wasn't, weren't : vp = {1 4} | n.r s n.l.l n.l = {1 3} | n.r s n.l n = {1 4} | tv
not : vp = {1 4} | n n.l n.l.l n.l = {2 3} | n.r n n.l n = {1 4} || adj
never, always, often, sometimes, usually, rarely, seldom, also, still, just, almost, already : vp = {1 4}

# The copula: a noun phrase, an adjective, a prepositional phrase, a progressive verb phrase, a passive.
is, are, was, were, am, be, been, being : tv | n.r s n.l.l n.l = {1 3} | n.r s n.l n = {1 4} | vp = identity
is, are, was, were, am, be, been, being : n.r s n.l.l s.l n = {1 3}{2 4}{5}
# Before its subject, in questions.
is, are, was, were, isn't, aren't, wasn't, weren't : || s s.l | s n.l n.l | s n.l.l n.l n.l = {2 4} | s n.l.l s.l n n.l = {1 3}{2 5}{4} | s n.l
there : n
become, becomes, became, seem, seems, seemed, feel, feels, felt, look, looks, looked, sound, sounds, sounded : tv | n.r s n.l.l n.l = {1 3}
taste, tastes, tasted, smell, smells, smelled, remain, remains, remained, stay, stays, stayed, get, gets, got : tv | n.r s n.l.l n.l = {1 3}
# A verb with an object and what it is or becomes: "makes people happy", "calls Bob a hero".
make, makes, made, keep, keeps, kept, find, finds, found, call, calls, called, paint, paints, painted : n.r s n.l.l n.l n.l = {3 5}
call, calls, called, elect, elects, elected, name, names, named : n.r s n.l n.l
elect, elects, elected, name, names, named : tv

# Adverbs.
furiously, brightly, kindly, gently, softly, proudly, bravely, warmly, strongly, perfectly, angrily, silently : adv | vp = {1 4}
finally, immediately, certainly, probably, clearly, simply, actually, only, nearly, recently, secretly, gladly : adv | vp = {1 4}
quickly, slowly, loudly, quietly, happily, sadly, carefully, suddenly, easily, badly, deeply : adv | vp = {1 4}
often, sometimes, usually, also, still, already : adv
# Before the sentence.
yesterday, today, tomorrow, now, then, suddenly, finally, immediately, certainly, probably, clearly, sadly : || s s.l
sometimes, often, usually, recently, slowly, quickly, quietly, happily, here, there, soon, again, together : || s s.l
well, hard, here, there, now, then, today, tomorrow, yesterday, again, together, away, soon, fast, everywhere, home : adv

# Prepositions: after a noun, after a verb phrase, before a sentence.
in, on, at, with, near, under, over, behind, for, from, by, about, without, after, before : n.r n n.l | s.r s n.l | s s.l n.l
during, between, against, among, through, around, inside, outside, above, below : n.r n n.l | s.r s n.l | s s.l n.l
into, to, onto, towards, across, along, until, since : s.r s n.l || n.r n n.l
of : n.r n n.l

# Conjunctions: nouns; sentences; verb phrases, which share their subject; adjectives, which share their noun.
and, or : n.r n n.l | s.r s s.l | s.r n.r.r n.r s s.l n = {2 3 6} | n n.r n n.l n.l.l n.l = {1 4 5}
# Verbs that share subject and object: "writes and sells books"; lists: "apples, pears and plums".
and, or : || n s.r n.r.r n.r s n.l n.l.l s.l n = {3 4 9}{1 6 7} | n.r n.r n n.l | n.r n.r n.r n n.l
but : s.r s s.l | s.r n.r.r n.r s s.l n = {2 3 6} | n n.r n n.l n.l.l n.l = {1 4 5}
because, when, while, if, although, though, after, before, until, since : s.r s s.l | s s.l s.l
